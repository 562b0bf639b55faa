-- Word from Quarto, brought near to what the embedded renderer makes: the report's own styles for captions,
-- callouts and the cover, column widths by what the columns hold, and the written alternative texts. Quarto
-- itself puts figures, tables and callouts into tables of their own, which a screen reader announces.

local signs = { note = "ℹ", tip = "✓", important = "!", warning = "⚠", caution = "⚠" }
local attention = { important = true, warning = true, caution = true }
-- Signs on a line of a table across the page, in the styles Compact and Compact Small, and a cell's margins.
local room, room_small, margin = 94, 105, 2
-- A table of no more rows is kept on one page; the head's bold letters are wider than the others.
local whole_rows = 16
local wide_bold = 1.08
local no_break = "\u{a0}"

local function for_word()
  return quarto.doc.is_format("docx")
end

local function styled(style, blocks)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

local function marked(style, inlines)
  return pandoc.Span(inlines, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

-- How wide a text is, in figures: in this font letters like i and m differ by more than half.
local narrow_signs, wide_signs = " \u{a0}.,:;!|'()-fijlrtI", "mwMW%"
local function set_of(signs)
  local out = {}
  for _, code in utf8.codes(signs) do
    out[code] = true
  end
  return out
end
local is_narrow, is_wide = set_of(narrow_signs), set_of(wide_signs)

local function length(words)
  local total = 0
  for _, code in utf8.codes(words) do
    local upper = (code >= 65 and code <= 90) or (code >= 0xC0 and code <= 0xDE)
    total = total + (is_narrow[code] and 0.55 or is_wide[code] and 1.5 or upper and 1.15 or 1)
  end
  return total
end

-- The widest text and the widest word of each column, in signs.
local function extents(tbl)
  local natural, narrow = {}, {}
  local function measure(rows, bold)
    for _, row in ipairs(rows) do
      for i, cell in ipairs(row.cells) do
        local words = pandoc.utils.stringify(pandoc.Div(cell.contents))
        natural[i] = math.max(natural[i] or 0, length(words) * bold + margin)
        for word in words:gmatch("[^ ]+") do
          narrow[i] = math.max(narrow[i] or 0, length(word) * bold + margin)
        end
        narrow[i] = narrow[i] or margin
      end
    end
  end
  measure(tbl.head.rows, wide_bold)
  for _, body in ipairs(tbl.bodies) do
    measure(body.body, 1)
  end
  return natural, narrow
end

local function sum(numbers)
  local total = 0
  for _, n in ipairs(numbers) do
    total = total + n
  end
  return total
end

-- With room to spare the first column takes it; without, the longest columns are broken between words.
local function widths(natural, narrow, line)
  local out = { table.unpack(natural) }
  if sum(natural) <= line then
    out[1] = out[1] + line - sum(natural)
    return out
  end
  local order, broken, is_broken = {}, {}, {}
  for i = 1, #natural do
    order[i] = i
  end
  table.sort(order, function(a, b)
    return natural[a] > natural[b] or (natural[a] == natural[b] and a < b)
  end)
  local spare = 0
  for _, i in ipairs(order) do
    table.insert(broken, i)
    is_broken[i] = true
    spare = line
    local needed = 0
    for j = 1, #natural do
      spare = spare - (is_broken[j] and narrow[j] or natural[j])
      needed = needed + (is_broken[j] and narrow[j] or 0)
    end
    local share, fits = (needed + spare) / #broken, spare >= 0
    for j = 1, #natural do
      fits = fits and (is_broken[j] or natural[j] <= 1.5 * share)
    end
    if fits then
      break
    end
  end
  local longer = 0
  for _, j in ipairs(broken) do
    longer = longer + natural[j] - narrow[j]
  end
  for _, j in ipairs(broken) do
    out[j] = narrow[j] + math.max(spare, 0) * (natural[j] - narrow[j]) / math.max(longer, 1)
  end
  return out
end

-- Pandoc gives Plain its own style whatever the table's or list's.
local function paragraphs(blocks)
  for i, piece in ipairs(blocks) do
    if piece.t == "Plain" then
      blocks[i] = pandoc.Para(piece.content)
    end
  end
end

local function fitted(tbl)
  local natural, narrow = extents(tbl)
  if #natural ~= #tbl.colspecs then
    return nil
  end
  local crowded = sum(natural) > room
  local shared = widths(natural, narrow, crowded and room_small or room)
  local total = sum(shared)
  for i, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[i] = { spec[1], shared[i] / total }
  end
  -- Room below the table; pandoc leaves out a paragraph that is quite empty.
  local after = styled("After Table", { pandoc.Para({ pandoc.Str(no_break) }) })
  local rows = 0
  local function prepare(some)
    rows = rows + #some
    for _, row in ipairs(some) do
      for _, cell in ipairs(row.cells) do
        paragraphs(cell.contents)
      end
    end
  end
  prepare(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    prepare(body.body)
  end
  local style = "Compact" .. (crowded and " Small" or "") .. (rows <= whole_rows and " Kept" or "")
  return { styled(style, { tbl }), after }
end

if for_word() then
  quarto._quarto.ast.add_renderer("FloatRefTarget", for_word, function(float)
    float = quarto.doc.crossref.decorate_caption_with_crossref(float) or float
    local content = quarto.utils.as_blocks(float.content):walk({
      Image = function(image)
        image.caption = pandoc.Inlines(image.attributes["fig-alt"] or pandoc.utils.stringify(image.caption))
        image.attributes = { width = image.attributes["width"] or "100%" }
        return image
      end,
    })
    local words = quarto.utils.as_blocks(float.caption_long)
    if quarto.doc.crossref.cap_location(float) == "top" then
      content:insert(1, styled("Table Caption", words))
    else
      content = pandoc.Blocks({ styled("Captioned Figure", content), styled("Caption", words) })
    end
    return pandoc.Div(content, pandoc.Attr(float.identifier))
  end)

  quarto._quarto.ast.add_renderer("Callout", for_word, function(callout)
    local ending = attention[callout.type] and " Attention" or ""
    local title = quarto.utils.as_inlines(callout.title or callout.type)
    title:insert(1, pandoc.Str((signs[callout.type] or signs.note) .. no_break))
    return pandoc.Blocks({
      styled("Callout Title" .. ending, { pandoc.Para(title) }),
      styled("Callout" .. ending, quarto.utils.as_blocks(callout.content)),
    })
  end)
end

-- "1. Name" as the other formats write it, and every number in its own style.
local function renumbered(header)
  local first, second = header.content[1], header.content[2]
  if not first or not second or first.t ~= "Str" or header.classes:includes("unnumbered") then
    return nil
  end
  local chapter = second.t == "Str" and second.text == ". "
  local section = second.t == "Space" and first.text:match("^[%u%d]%d*%.[%d%.]+$")
  if chapter or section then
    header.content[1] = marked("Section Number", { first })
    header.content[2] = pandoc.Str(no_break .. no_break)
    return header
  end
end

-- A list's text in the size of the text around it: alone, it would take the style of tables' cells.
local function listed(list)
  for _, blocks in ipairs(list.content) do
    paragraphs(blocks)
  end
  return styled("List Text", { list })
end

local function with_cover(doc)
  local meta, own = doc.meta, doc.meta.tilstand or {}
  local before = pandoc.Blocks({})
  for _, line in ipairs(own.cover or {}) do
    before:insert(styled("Cover Line", { pandoc.Para(line) }))
  end
  for _, name in ipairs({ "synthetic", "draft" }) do
    if own[name] then
      before:insert(styled("Marking", { pandoc.Para(own[name]) }))
    end
  end
  meta["include-before"] = pandoc.MetaBlocks(before)
  -- The municipality once, in the subtitle's type; the file's properties need it as author.
  local authors = pandoc.utils.type(meta.author) == "List" and meta.author or pandoc.List({ meta.author })
  if meta.subtitle and #authors == 1 then
    local name = pandoc.utils.stringify(authors[1])
    if name == pandoc.utils.stringify(meta.subtitle) then
      meta.subtitle = nil
      meta.author = pandoc.MetaList({ pandoc.MetaInlines({ marked("Cover Name", pandoc.Inlines(name)) }) })
    end
  end
  return doc
end

if not for_word() then
  return {}
end
return {
  {
    Header = renumbered,
    Table = fitted,
    -- Quarto's own paragraphs of nothing between tables and callouts.
    Para = function(el)
      if #el.content > 0 and pandoc.utils.stringify(el):match("^%s*$") and el.content[1].t ~= "Image" then
        return {}
      end
    end,
    BulletList = listed,
    OrderedList = listed,
    Div = function(div)
      if div.classes:includes("lead") then
        return styled("Lead", div.content)
      end
    end,
  },
  { Pandoc = with_cover },
}
