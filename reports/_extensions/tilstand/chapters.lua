-- Each chapter begins a page, the first appendix begins the lettered numbers, and tables are fitted to the page.
-- Page breaks stand before the headings, not in a show rule: inside one, the heading's tag would be split up,
-- which PDF/UA-1 forbids.

local begun = false

local chapters = {
  Header = function(el)
    if not quarto.doc.is_format("typst") or el.level ~= 1 then
      return nil
    end
    local state = quarto.doc.file_metadata()
    local file = state and state.file
    local break_before = pandoc.RawBlock("typst", "#pagebreak(weak: true)")
    if file and file.bookItemType == "appendix" then
      local out = {}
      if not begun then
        begun = true
        table.insert(out, pandoc.RawBlock("typst", "#show: tilstand-appendices"))
      end
      -- Quarto's own divider page with the word for appendices is left out: it comes from no file.
      if file.bookItemFile == nil then
        return out
      end
      table.insert(out, break_before)
      table.insert(out, el)
      return out
    end
    return { break_before, el }
  end,
  Table = function(el)
    if quarto.doc.is_format("typst") then
      return { pandoc.RawBlock("typst", "#tilstand-fit(["), el, pandoc.RawBlock("typst", "])") }
    end
  end,
  Div = function(el)
    if quarto.doc.is_format("typst") and el.classes:includes("lead") then
      el.content:insert(1, pandoc.RawBlock("typst", "#tilstand-lead["))
      el.content:insert(pandoc.RawBlock("typst", "]"))
      return el.content
    end
  end
}

return quarto.utils.combineFilters({ quarto.utils.file_metadata_filter(), chapters })
