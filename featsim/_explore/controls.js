// Controls for the fields of a setting. The state is texts by name, each a list, as in a link.

/** Make an element; what is null is left out. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Return a control with its label, its help and the place of its error. */
function framed({ name, label, symbol, help }, input, ...more) {
  const id = `field-${name}`;
  input.id = id;
  input.setAttribute("aria-describedby", help ? `help-${name} error-${name}` : `error-${name}`);
  return make(
    "div", { class: "field", "data-name": name },
    make("label", { for: id }, label,
      symbol ? make("span", { class: "symbol" }, ` ${symbol}`) : null), input, ...more,
    help ? make("small", { id: `help-${name}`, class: "help" }, help) : null,
    make("p", { id: `error-${name}`, class: "wrong", role: "alert" }),
  );
}

/** Show what is wrong with fields, and that others are right. */
function showErrors(root, errors) {
  for (const field of root.querySelectorAll(".field")) {
    const sentence = errors[field.dataset.name] ?? "";
    field.querySelector(".wrong").textContent = sentence;
    field.querySelector("input, select, textarea").setAttribute("aria-invalid", sentence !== "");
    const group = field.closest("details");
    if (sentence && group) group.open = true;
  }
}

const STEPS = 400;

/** Return how the place of a slider, 0 … STEPS or a value, becomes a value, and back. */
function scale(field) {
  if (!field.logarithmic) {
    return { low: field.low, high: field.high, step: field.kind === "int" ? 1 : stepOf(field),
      value: (place) => Number(place), place: (value) => value };
  }
  const ratio = Math.log(field.high / field.low);
  return {
    low: 0, high: STEPS, step: 1,
    value: (place) => Number((field.low * Math.exp((ratio * place) / STEPS)).toPrecision(2)),
    place: (value) => Math.round((STEPS * Math.log(Math.max(value, field.low) / field.low)) / ratio),
  };
}

function stepOf(field) {
  return field.high <= 1 ? 0.01 : 0.05;
}

/** A number: a box for any value and a slider for those of a range. */
function numberControl(field, changed) {
  const box = make("input", {
    type: "text", inputmode: "decimal", class: "box", autocomplete: "off",
    placeholder: field.optional ? "none" : null,
  });
  const { low, high, step, value, place } = scale(field);
  const slider = make("input", {
    type: "range", min: low, max: high, step, "aria-label": `${field.label}, slider`,
  });
  const tell = () => slider.setAttribute("aria-valuetext", box.value || "none");
  slider.addEventListener("input", () => {
    box.value = String(value(slider.value));
    tell();
    changed(field.name, box.value);
  });
  box.addEventListener("input", () => {
    follow();
    changed(field.name, box.value);
  });
  function follow() {
    const number = Number(box.value);
    if (box.value.trim() && Number.isFinite(number)) slider.value = place(number);
    tell();
  }
  return {
    element: framed(field, box, slider),
    set: (text) => {
      if (box.value !== text) box.value = text;
      if (!text) slider.value = high;
      follow();
    },
  };
}

/** One of several words. */
function choiceControl(field, changed) {
  const options = field.choices.map((word) => make("option", { value: word }, word));
  const select = make("select", {}, ...options);
  select.addEventListener("change", () => changed(field.name, select.value));
  return {
    element: framed(field, select),
    set: (text) => { select.value = text; },
  };
}

/** Several numbers, as JSON has them. */
function tableControl(field, changed) {
  const area = make("textarea", { rows: 1, spellcheck: "false", placeholder: "none" });
  area.addEventListener("input", () => changed(field.name, area.value));
  return {
    element: framed({ ...field, help: `${field.help} As JSON: [[…], …].` }, area),
    set: (text) => { if (area.value !== text) area.value = text; },
  };
}

/** A box that is ticked or not. */
function tickControl(name, label, changed) {
  const box = make("input", { type: "checkbox" });
  box.addEventListener("change", () => changed(name, box.checked ? "yes" : "no"));
  return {
    element: make("label", { class: "tick" }, box, label),
    set: (text) => { box.checked = text === "yes"; },
  };
}

/** The control that fits a field. */
function controlOf(field, changed) {
  if (field.kind === "choice") return choiceControl(field, changed);
  if (field.kind === "table") return tableControl(field, changed);
  return numberControl(field, changed);
}
