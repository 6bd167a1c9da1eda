// What is below the panels: one of several views.

const BUTTONS = { png: "Picture, PNG", pdf: "Picture, PDF", nc: "Dataset, NetCDF" };

function viewOf(form, texts, add, small, select, send, set) {
  const options = {
    process: make("div", { class: "options" },
      small("label", "class", "", 10), small("experiment", "experiment", "", 20),
      add("policy", policyChoice(texts, set))),
    diagram: make("div", { class: "options" },
      select("x", "across", form.axes), select("y", "up", form.axes)),
    take: make("div", { class: "options" }),
  };
  const fill = make("button", { type: "button" }, "Compute");
  let filling = false;
  fill.addEventListener("click", () => {
    filling = !filling;
    fill.textContent = filling ? "Stop" : "Compute";
    send.ask(filling ? "fill" : "stop");
  });
  options.diagram.append(fill);
  for (const what in BUTTONS) {
    const button = make("button", { type: "button", "data-name": what }, BUTTONS[what]);
    button.addEventListener("click", () => send.ask("download", { what }));
    options.take.append(button);
  }
  const caption = make("p", { class: "caption" });
  const sentence = make("p", { class: "wrong", role: "alert" });
  const image = make("img", { alt: "" });
  const picture = make("div", { class: "picture", tabindex: "0", role: "group" }, image);
  const rest = make("div", { class: "rest" });
  const element = make("div", { id: "view", role: "tabpanel" },
    ...Object.values(options), caption, sentence, picture, rest);
  let cells = null;

  function choose(column, row) {
    const at = (values, place) => String(values[Math.min(Math.max(place, 0), values.length - 1)]);
    set({ [cells.names[0]]: [at(cells.x, column)], [cells.names[1]]: [at(cells.y, row)] });
  }
  image.addEventListener("click", (event) => {
    if (!cells) return;
    const [left, bottom, width, height] = cells.box;
    const x = event.offsetX / image.clientWidth - left;
    const y = 1 - event.offsetY / image.clientHeight - bottom;
    if (x < 0 || y < 0 || x > width || y > height) return;
    choose(Math.floor((x / width) * cells.x.length), Math.floor((y / height) * cells.y.length));
  });
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (!cells || !(event.key in step)) return;
    event.preventDefault();
    const nearest = (values, name) => {
      const now = Number(texts[name][0]);
      return values.reduce((best, value, i) =>
        Math.abs(value - now) < Math.abs(values[best] - now) ? i : best, 0);
    };
    const [dx, dy] = step[event.key];
    choose(nearest(cells.x, cells.names[0]) + dx, nearest(cells.y, cells.names[1]) + dy);
  });

  return {
    element,
    filled: () => { filling = false; fill.textContent = "Compute"; },
    show: (told, png) => {
      for (const name in options) options[name].hidden = name !== told.name;
      element.setAttribute("aria-labelledby", `tab-${told.name}`);
      element.dataset.name = told.name;
      cells = told.cells ?? null;
      caption.textContent = told.caption ?? "";
      sentence.textContent = told.sentence ?? "";
      image.alt = told.alt ?? "";
      picture.setAttribute("aria-label", told.alt ?? "");
      picture.hidden = !png;
      if (png) show(image, png);
      rest.replaceChildren(...restOf(told));
    },
  };
}

/** Return the lists and texts of a view. */
function restOf(told) {
  const parts = [];
  if (told.steps) parts.push(make("ul", { class: "steps" }, ...told.steps.map((step) => make("li", {}, step))));
  if (told.text) parts.push(make("pre", { tabindex: "0" }, told.text));
  for (const [name, title] of [["command", "On the command line"], ["python", "In Python"]]) {
    if (told[name]) parts.push(make("h3", {}, title), make("pre", { "data-name": name, tabindex: "0" }, told[name]));
  }
  return parts;
}

/** The policy whose process is shown: one of those that are chosen. */
function policyChoice(texts, set) {
  const select = make("select", { id: "policy" });
  select.addEventListener("change", () => set({ policy: [select.value] }));
  const fill = () => select.replaceChildren(
    ...texts.init.map((name) => make("option", { value: name }, name)));
  select.addEventListener("pointerdown", fill);
  select.addEventListener("focus", fill);
  return {
    element: make("div", { class: "field", "data-name": "policy" },
      make("label", { for: "policy" }, "policy"), select, make("p", { class: "wrong" })),
    set: (text) => { fill(); select.value = text || texts.init[0]; },
  };
}
