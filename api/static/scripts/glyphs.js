/** Line drawings of common kinds of goods, for products whose picture is missing. Drawn on a 48 × 48 grid. */

/**
 * The first entry whose words stand in the product's type, or else in its title, gives the drawing.
 * @type {{words: RegExp, paths: string[]}[]}
 */
const GLYPHS = [
  entry(
    "bag|bags|backpack|case|cases|sleeve|pouch|briefcase|tasche",
    "M9 18h30v22H9z",
    "M17 18v-4a7 7 0 0 1 14 0v4",
    "M9 26h30",
  ),
  entry("toner|cartridge|cartridges|ink", "M7 17h34v15H7z", "M12 32v4h24v-4", "M13 24h13", "M33 24h2"),
  entry(
    "printer|printers|multifunctional|copier|scanner|plotter",
    "M8 20h32v15H8z",
    "M14 20V9h20v11",
    "M14 29h20v10H14z",
    "M34 25h1",
  ),
  entry("notebook|laptop|ultrabook|chromebook", "M11 11h26v20H11z", "M5 36h38l-3-5H8z"),
  entry("tablet|e-book reader", "M13 6h22v36H13z", "M22 37h4"),
  entry("smartphone|phone|phones|handset|telephone", "M16 5h16v38H16z", "M21 10h6", "M23 37h2"),
  entry("tv|television|monitor|monitors|display|screen|signage", "M5 10h38v24H5z", "M24 34v6", "M15 40h18"),
  entry(
    "projector|beamer",
    "M6 17h36v16H6z",
    "M38 25a6 6 0 1 0-12 0 6 6 0 0 0 12 0",
    "M11 23h8",
    "M12 33v4",
    "M36 33v4",
  ),
  entry("keyboard|keypad", "M4 15h40v19H4z", "M10 21h1M16 21h1M22 21h1M28 21h1M34 21h4", "M10 28h3M17 28h14M35 28h3"),
  entry("mouse|mice|trackball", "M15 17a9 9 0 0 1 18 0v14a9 9 0 0 1-18 0z", "M24 8v13", "M15 22h18"),
  entry(
    "headset|headphone|headphones|earphone|earphones",
    "M8 28v-3a16 16 0 0 1 32 0v3",
    "M7 27h7v12H7z",
    "M34 27h7v12h-7z",
  ),
  entry(
    "speaker|speakers|soundbar|loudspeaker",
    "M13 5h22v38H13z",
    "M31 29a7 7 0 1 0-14 0 7 7 0 0 0 14 0",
    "M27 13a3 3 0 1 0-6 0 3 3 0 0 0 6 0",
  ),
  entry("camera|cameras|webcam|camcorder", "M5 14h10l4-5h10l4 5h10v24H5z", "M32 25a8 8 0 1 0-16 0 8 8 0 0 0 16 0"),
  entry(
    "server|rack|chassis|storage|nas",
    "M8 8h32v10H8z",
    "M8 19h32v10H8z",
    "M8 30h32v10H8z",
    "M14 13h1M14 24h1M14 35h1",
    "M24 13h10M24 24h10M24 35h10",
  ),
  entry(
    "switch|router|hub|gateway|access point|firewall|modem",
    "M4 19h40v14H4z",
    "M10 24h4v4h-4zM18 24h4v4h-4zM26 24h4v4h-4z",
    "M36 26h2",
  ),
  entry(
    "memory|ram|dimm|dram",
    "M4 15h40v18H4z",
    "M10 20h6v7h-6zM21 20h6v7h-6zM32 20h6v7h-6z",
    "M8 33v4M14 33v4M20 33v4M28 33v4M34 33v4M40 33v4",
  ),
  entry(
    "drive|drives|hdd|ssd|disk",
    "M11 5h26v38H11z",
    "M33 19a9 9 0 1 0-18 0 9 9 0 0 0 18 0",
    "M24 19l7 9",
    "M16 38h4",
  ),
  entry(
    "processor|cpu|card|adapter|motherboard|controller|board",
    "M13 13h22v22H13z",
    "M19 19h10v10H19z",
    "M18 13V7M24 13V7M30 13V7M18 41v-6M24 41v-6M30 41v-6M13 18H7M13 24H7M13 30H7M41 18h-6M41 24h-6M41 30h-6",
  ),
  entry("battery|batteries|ups|charger", "M5 15h34v18H5z", "M39 21h4v6h-4", "M24 18l-6 7h8l-6 6"),
  entry("pc|desktop|workstation|computer", "M8 6h15v36H8z", "M12 12h7M12 17h7", "M28 20h14v14H28z", "M31 40h8M35 34v6"),
  entry("cable|cables|cord|lead|patch", "M6 12h9v10H6z", "M33 26h9v10h-9z", "M15 17h6a6 6 0 0 1 6 6v2a6 6 0 0 0 6 6"),
  entry(
    "software|licence|license|warranty|service|upgrade|carepack",
    "M11 5h19l8 8v30H11z",
    "M29 5v9h9",
    "M17 22h14M17 29h14M17 36h8",
  ),
  entry("lamp|light|lights|lantern|lampshade", "M16 8h16l6 18H10z", "M24 26v14", "M15 41h18"),
  entry("candle|candles|t-light|holder", "M17 20h14v22H17z", "M24 20v-4", "M24 15c-4-4 0-7 0-10 0 3 4 6 0 10z"),
  entry(
    "mug|mugs|cup|cups|teacup",
    "M9 13h24v22a5 5 0 0 1-5 5H14a5 5 0 0 1-5-5z",
    "M33 19h4a4 4 0 0 1 4 4v3a6 6 0 0 1-6 6h-2",
  ),
  entry("bottle|flask", "M20 5h8v9l5 7v22H15V21l5-7z", "M15 27h18"),
  entry(
    "plate|plates|bowl|dish|cakestand",
    "M5 22h38a19 17 0 0 1-13 17H18A19 17 0 0 1 5 22z",
    "M16 14v-3M24 14V9M32 14v-3",
  ),
  entry("clock|clocks|watch|alarm", "M41 24a17 17 0 1 0-34 0 17 17 0 0 0 34 0", "M24 13v11l7 5"),
  entry("heart|hearts", "M24 40C12 31 6 25 6 17a9 9 0 0 1 18-2 9 9 0 0 1 18 2c0 8-6 14-18 23z"),
  entry(
    "book|notebook|journal|paper|napkins|napkin|wrap|cards",
    "M9 8h12a3 3 0 0 1 3 3v29a3 3 0 0 0-3-3H9z",
    "M39 8H27a3 3 0 0 0-3 3v29a3 3 0 0 1 3-3h12z",
  ),
  entry("box|boxes|tin|tins|set|gift|crate", "M7 16h34v25H7z", "M5 9h38v7H5z", "M24 9v32"),
  entry(
    "flower|flowers|garden|rose|plant",
    "M24 22v21",
    "M24 34c-6 0-9-3-10-7 5 0 9 2 10 7zM24 38c6 0 9-3 10-7-5 0-9 2-10 7z",
    "M24 22c-7 0-9-5-7-9 3 1 4 0 7-5 3 5 4 6 7 5 2 4 0 9-7 9z",
  ),
];

/**
 * Find the drawing for a product; null where none fits.
 * @param {string} type   the last part of its category, may be empty
 * @param {string} title
 * @returns {string[] | null}  SVG path data
 */
export function glyphFor(type, title) {
  const byType = type && GLYPHS.find(({ words }) => words.test(type));
  return (byType || GLYPHS.find(({ words }) => words.test(title)))?.paths ?? null;
}

/**
 * @param {string} words
 * @param {...string} paths
 */
function entry(words, ...paths) {
  return { words: new RegExp(`(?<![\\w-])(?:${words})(?![\\w-])`, "iu"), paths };
}
