-- Tables in Quarto's pages as in the embedded renderer's: their headers say what they head, and a wide table
-- is rolled in a region of its own that the keyboard reaches, so that the page never scrolls sideways.

local words = { nb = "Tabell, kan rulles sidelengs", en = "Table, can be scrolled sideways" }
local label, count = words.en, 0

-- A cell this short is not broken: a number stays with its unit.
local short = 12

local function shaped(rows, scope, headers)
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row.cells) do
      if i <= headers then
        cell.attr.attributes["scope"] = scope
      end
      local words = pandoc.utils.stringify(pandoc.Div(cell.contents))
      if scope == "row" and i > 1 and (utf8.len(words) or #words) <= short then
        cell.attr.classes:insert("nowrap")
      end
    end
  end
end

local function in_region(tbl)
  count = count + 1
  shaped(tbl.head.rows, "col", #tbl.colspecs)
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = #tbl.colspecs > 1 and 1 or 0
    shaped(body.body, "row", body.row_head_columns)
  end
  local region = { role = "region", tabindex = "0", ["aria-label"] = label .. " (" .. count .. ")" }
  return pandoc.Div({ tbl }, pandoc.Attr("", { "table-scroll" }, region)), false
end

if not quarto.doc.is_format("html") then
  return {}
end
return {
  {
    Meta = function(meta)
      local lang = pandoc.utils.stringify(meta.lang or ""):match("^%a+")
      label = words[lang] or words.en
    end,
  },
  { traverse = "topdown", Table = in_region },
}
