// The page: what is changed is sent, the newest only, and what comes back is shown.

const PANELS = { accuracy: "Accuracy", learned_features: "Learned features",
  nonzero_gradient_points: "Points with a gradient" };
const VIEWS = { learned: "Learned features", process: "Process", diagram: "Phase diagram",
  numbers: "Numbers", take: "Take away" };

/** Send the newest state, one at a time: what is turned meanwhile waits for the answer. */
function sender(model, texts, onSend) {
  let number = 0, answered = 0, waiting = false;
  function show(confirmed = false) {
    if (number > answered) { waiting = true; return; }
    waiting = false;
    number += 1;
    onSend();
    model.request = JSON.stringify({ do: "show", number, texts, confirmed });
  }
  return {
    show,
    answered: (done) => { answered = Math.max(answered, done); if (waiting) show(); },
    ask: (what, more = {}) => {
      model.request = JSON.stringify({ do: what, at: performance.now(), ...more });
    },
  };
}

function viewTabs(onChoose) {
  const tabs = Object.entries(VIEWS).map(([name, title]) => make(
    "button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "view",
      "data-name": name }, title));
  const list = make("div", { role: "tablist", "aria-label": "More of this setting" }, ...tabs);
  function set(name) {
    for (const tab of tabs) {
      const chosen = tab.dataset.name === name;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
    }
  }
  for (const tab of tabs) {
    tab.addEventListener("click", () => onChoose(tab.dataset.name));
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex((tab) => tab.tabIndex === 0);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.focus();
    onChoose(next.dataset.name);
  });
  return { element: list, set };
}

export function render({ model }) {
  const form = JSON.parse(model.form);
  const texts = form.texts;
  const page = make("div", { class: form.alone ? "page alone" : "page" });
  const controls = {};
  const status = make("p", { class: "status", role: "status" });
  let late;
  const send = sender(model, texts, () => {
    clearTimeout(late);
    late = setTimeout(() => { status.textContent = "Computing …"; }, 400);
  });

  function changed(name, value) {
    texts[name] = Array.isArray(value) ? value : [value];
    send.show();
  }
  function set(more) {
    Object.assign(texts, structuredClone(more));
    for (const name in more) controls[name]?.set(name === "init" ? texts.init : texts[name][0]);
    tabs.set(texts.view[0]);
    const differs = (field) => field.beyond && texts[field.name][0] !== field.start;
    if (form.fields.some(differs)) beyond.open = true;
    send.show();
  }
  function add(name, control) {
    controls[name] = control;
    return control.element;
  }
  const small = (name, label, help, high) => add(name, controlOf(
    { name, label, help, kind: "int", low: name === "seed" ? 0 : 1, high }, changed));
  const select = (name, label, choices) => add(name, controlOf(
    { name, label, help: "", kind: "choice", choices }, changed));

  // The form
  const groups = ["The paper", "Beyond the paper"].map((title) => make(
    "optgroup", { label: title },
    ...form.presets.filter((one) => one.group === title).map((one) => make(
      "option", { value: form.presets.indexOf(one) }, one.name))));
  const preset = make("select", { id: "preset" }, make("option", { value: "" }, "choose …"), ...groups);
  preset.addEventListener("change", () => {
    if (preset.value) set(form.presets[preset.value].texts);
  });
  const controlsOf = (beyond) => form.fields.filter((field) => field.beyond === beyond)
    .map((field) => add(field.name, controlOf(field, changed)));
  const beyond = make("details", {}, make("summary", {}, "Beyond the paper"), ...controlsOf(true));
  const setting = make(
    "form", { class: "setting", "aria-label": "Setting" },
    make("div", { class: "field", "data-name": "preset" }, make("label", { for: "preset" }, "preset"),
      preset, make("p", { class: "wrong" })),
    make("h2", {}, "Setting"), ...controlsOf(false),
    beyond,
    add("init", policyControl(changed)),
    make("h2", {}, "Seeds"),
    small("seeds", "seeds", "Number of seeds; bands are one standard deviation.", 30),
    small("seed", "first seed", "The first of the seeds.", 100),
  );
  setting.addEventListener("submit", (event) => event.preventDefault());

  // The pictures
  const images = {};
  const panels = make("div", { class: "panels", role: "group", tabindex: "0",
    "aria-label": "The panels of Figure 3" },
    ...Object.keys(PANELS).map((name) => {
      images[name] = make("img", { alt: PANELS[name], width: 390, height: 325 });
      return make("figure", { "data-name": name }, images[name]);
    }));
  const legend = make("ul", { class: "legend", "aria-label": "Lines" });
  const over = make("div", { class: "over" },
    add("mean_field", tickControl("mean_field", "mean field", changed)),
    add("theorems", tickControl("theorems", "theorems", changed)));
  const notes = make("div", { class: "notes" });
  const general = make("p", { class: "general wrong", role: "alert" });
  general.textContent = form.sentence;
  const question = make("div", { class: "question", role: "alert" });

  // What is below them
  const tabs = viewTabs((name) => set({ view: [name] }));
  const view = viewOf(form, texts, add, small, select, send, set);
  const copy = make("button", { type: "button" }, "Copy link");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      status.textContent = "The link is copied.";
    } catch {
      status.textContent = "The browser does not copy it: take it from the address bar.";
    }
  });
  page.append(
    make("header", {}, make("h1", {}, "featsim explorer"),
      make("p", {}, "Warm, cold and ideal starts in the discrete feature-learning framework"),
      form.alone ? copy : null),
    make("div", { class: "side" }, setting),
    make("main", {},
      make("div", { class: "top" }, make("div", { class: "bar" }, legend, over), panels),
      general, question, notes, status,
      make("section", { class: "more", "aria-label": "More of this setting" },
        tabs.element, view.element)),
  );

  async function receive(reply) {
    if (reply.number !== undefined) {
      clearTimeout(late);
      send.answered(reply.number);
    }
    if (reply.errors) showErrors(page, reply.errors);
    if (reply.sentence || reply.number > 1) general.textContent = reply.sentence ?? "";
    if (reply.working !== undefined) status.textContent = reply.working && `Computing: ${reply.working}`;
    if (reply.milliseconds) status.textContent = `Simulated in ${Math.round(reply.milliseconds)} ms.`;
    if (reply.ask !== undefined) ask(reply.ask);
    if (reply.query !== undefined && form.alone) {
      history.replaceState(null, "", reply.query ? `?${reply.query}` : location.pathname);
    }
    if (reply.legend) showLegend(legend, reply.legend, reply.over);
    if (reply.notes) notes.replaceChildren(...reply.notes.map((note) => make("p", {}, note)));
    for (const name in reply.alts ?? {}) images[name].alt = reply.alts[name];
    if (reply.file) save(reply.file, reply.contents.file);
    if (reply.filled) view.filled();
    if (reply.view) view.show(reply.view, reply.contents.view);
    const shown = Object.keys(PANELS).filter((name) => reply.contents[name]);
    await Promise.all(shown.map((name) => show(images[name], reply.contents[name])));
    if (shown.length) {
      requestAnimationFrame(() => page.setAttribute("data-shown", reply.number));
    }
  }
  function ask(text) {
    if (!text) return question.replaceChildren();
    const yes = make("button", { type: "button" }, "Compute it");
    yes.addEventListener("click", () => { question.replaceChildren(); send.show(true); });
    question.replaceChildren(make("span", {}, `${text} The pictures are those of the last setting. `), yes);
  }
  model.on("reply", () => receive(unpack(model.reply)));
  set({ ...texts });
  return page;
}
