// Pictures and the legend.

/** Return the parts of a reply, its pictures and files by name. */
function unpack(buffer) {
  const bytes = buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : new Uint8Array(
    buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const parts = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let start = 4 + length;
  parts.contents = {};
  for (const [name, size] of parts.blobs) {
    parts.contents[name] = bytes.slice(start, start + size);
    start += size;
  }
  return parts;
}

/** Show a PNG in an image once it is decoded, so that nothing flickers. */
async function show(image, png) {
  const next = new Image();
  const url = URL.createObjectURL(new Blob([png], { type: "image/png" }));
  const turn = (image.turn = (image.turn ?? 0) + 1);
  next.src = url;
  await next.decode();
  if (turn !== image.turn) return URL.revokeObjectURL(url);
  const old = image.src;
  image.src = url;
  image.width = next.naturalWidth;
  image.height = next.naturalHeight;
  if (old) URL.revokeObjectURL(old);
}

const SVG = "http://www.w3.org/2000/svg";
const MARKERS = {
  o: "M18 4a4 4 0 1 0 .01 0z", s: "M14.5 4.5h7v7h-7z", "^": "M18 4l4 7.5h-8z",
  D: "M18 3.5l4.5 4.5-4.5 4.5-4.5-4.5z", v: "M18 12l-4-7.5h8z",
  P: "M16.5 4h3v2.5H22v3h-2.500V12h-3V9.500H14v-3h2.500z", X: "M14 4l4 2.500L22 4v8l-4-2.500L14 12z",
  x: "M14.500 4.500l7 7m0-7l-7 7",
};
const DASHES = { "--": "5 3", "-.": "6 2 1.500 2", ":": "1.500 2.500" };

function sample(look) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 36 16");
  svg.setAttribute("aria-hidden", "true");
  const add = (attributes) => {
    const path = document.createElementNS(SVG, "path");
    for (const name in attributes) path.setAttribute(name, attributes[name]);
    svg.append(path);
  };
  if (look.linestyle) {
    add({ d: "M1 8H35", stroke: look.color, "stroke-width": look.linewidth * 1.3,
      "stroke-dasharray": DASHES[look.linestyle] ?? "none" });
  }
  const marker = MARKERS[look.marker];
  if (marker) {
    add(look.marker === "x" ? { d: marker, stroke: look.color, "stroke-width": 1.6, fill: "none" }
      : { d: marker, fill: look.color });
  }
  return svg;
}

/** Show which line is which. */
function showLegend(list, looks, over) {
  const items = looks.map((look) => [look.name, look]);
  if (over.mean_field) {
    items.push(["mean field", { color: "#333", linestyle: ":", linewidth: 1.6 }]);
  }
  if (over.theorems) {
    items.push(["theorems, first chunk repeated", { color: "#333", marker: "x" }]);
  }
  list.replaceChildren(
    ...items.map(([name, look]) => make("li", {}, sample(look), name)));
}

/** Give a file to the browser. */
function save(file, content) {
  const url = URL.createObjectURL(new Blob([content], { type: file.kind }));
  make("a", { href: url, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
