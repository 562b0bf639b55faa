"""How the catalogue of measures looks on the index page, and how its search field works."""

from __future__ import annotations

#: The page's own colours where it has them.
STYLE = """
.learning { margin-top: 3rem; }
.learning h2 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
.learning h3 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 .25rem; }
.learning h4 { font-size: 1.0625rem; line-height: 1.35; margin: 0 0 .25rem; }
.learning .case { padding: .9rem 0; border-bottom: 1px solid var(--rule, #9aa1a9); }
.learning dl { margin: 0; display: grid; grid-template-columns: minmax(6.5rem, 9rem) 1fr; gap: .15rem 1rem; }
.learning dt { color: var(--soft, #565d66); } .learning dd { margin: 0; }
.learning table { width: 100%; border-collapse: collapse; border-bottom: 1px solid var(--ink, #1b1f24); }
.learning thead th { border: solid var(--ink, #1b1f24); border-width: 1px 0; }
.learning th, .learning td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0;
  overflow-wrap: anywhere; }
.learning tbody th { font-weight: 400; }
.learning-search label { display: block; font-weight: 600; margin-bottom: .25rem; }
.learning-search input { font: inherit; width: 100%; max-width: 30rem; box-sizing: border-box;
  padding: .5rem .6rem; border: 1px solid var(--soft, #565d66); border-radius: 3px; }
.learning-search input:focus-visible { outline: 3px solid var(--blue, #1b5a92); outline-offset: 2px; }
.learning-count { color: var(--soft, #565d66); margin: .35rem 0 0; min-height: 1.5em; }
@media (max-width: 30rem) {
  .learning dl { grid-template-columns: 1fr; } .learning dd { margin-bottom: .4rem; }
}
@media print { .learning-search { display: none; } }
"""

#: Every word of the query must stand in a measure, in its title, place, tool or outcome.
SCRIPT = """
(() => {
  const section = document.querySelector("section.learning");
  const box = section && section.querySelector(".learning-search");
  if (!box) return;
  const field = box.querySelector("input"), count = box.querySelector(".learning-count");
  const plain = (text) => text.toLocaleLowerCase(document.documentElement.lang);
  const cases = [...section.querySelectorAll(".case")].map((at) => [at, plain(at.textContent)]);
  const find = () => {
    const words = plain(field.value).split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const [at, text] of cases) {
      at.hidden = !words.every((word) => text.includes(word));
      shown += at.hidden ? 0 : 1;
    }
    for (const use of section.querySelectorAll(".learning-use")) {
      use.hidden = !use.querySelector(".case:not([hidden])");
    }
    count.textContent = words.length ? count.dataset.text.replace("{shown}", shown) : "";
  };
  field.addEventListener("input", find);
  box.hidden = false;
  find();
})();
"""
