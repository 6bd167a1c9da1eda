// The choice of policies: the four with a name, one with shares, and others as they are spelled.

const NAMED = {
  random: "random: keeps nothing",
  warm: "warm: keeps everything",
  ideal: "ideal: keeps the features",
  doubling: "doubling: ideal, when data has doubled",
};
const SHARES = /^keep:([^,@]+),([^,@]+)$/;

function policyControl(changed) {
  const ticks = {};
  for (const [name, text] of Object.entries(NAMED)) {
    ticks[name] = make("input", { type: "checkbox", value: name });
    ticks[name].label = make("label", { class: "tick" }, ticks[name], text);
  }
  const shares = make("input", { type: "checkbox" });
  const [a, b] = ["features", "points"].map((what) =>
    make("input", {
      type: "range", min: 0, max: 1, step: 0.01, value: what === "features" ? 1 : 0.9,
      "aria-label": `share of the ${what} that is kept`,
    }));
  const [toldA, toldB] = [make("output", {}), make("output", {})];
  const others = make("input", {
    type: "text", autocomplete: "off", spellcheck: "false", placeholder: "every:10  keep:1,0@at:5,20",
  });

  function chosen() {
    const names = Object.keys(NAMED).filter((name) => ticks[name].checked);
    if (shares.checked) names.push(`keep:${a.value},${b.value}`);
    return [...names, ...others.value.split(/\s+/).filter(Boolean)];
  }
  function tell() {
    [toldA.value, toldB.value] = [a.value, b.value];
  }
  const send = () => { tell(); changed("init", chosen()); };
  for (const input of [...Object.values(ticks), shares, others]) {
    input.addEventListener("input", send);
  }
  for (const slider of [a, b]) {
    slider.addEventListener("input", () => { shares.checked = true; send(); });
  }
  const element = make(
    "fieldset", { class: "field", "data-name": "init" },
    make("legend", {}, "Policies"),
    ...Object.values(ticks).map((tick) => tick.label),
    make("label", { class: "tick" }, shares, "shares of features a and of noise b"),
    make("div", { class: "shares" },
      make("span", {}, "a"), a, toldA, make("span", {}, "b"), b, toldB),
    make("label", { for: "others" }, "others"), others,
    make("p", { id: "error-init", class: "wrong", role: "alert" }),
  );
  others.id = "others";
  others.setAttribute("aria-describedby", "error-init");
  return {
    element,
    set: (names) => {
      if (JSON.stringify(names) === JSON.stringify(chosen())) return;
      for (const name in ticks) ticks[name].checked = names.includes(name);
      const left = names.filter((name) => !(name in ticks));
      const place = left.findIndex((name) => SHARES.test(name));
      shares.checked = place >= 0;
      if (place >= 0) [, a.value, b.value] = left.splice(place, 1)[0].match(SHARES);
      others.value = left.join(" ");
      tell();
    },
  };
}
