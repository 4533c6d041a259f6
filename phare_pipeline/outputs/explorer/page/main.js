"use strict";
// Joins the controls, the state and the views; what a view shows is its own affair.
(() => {
  const e = Format.escape;
  const at = (id) => document.getElementById(id);
  let shown = null;

  function fill(id, options, chosen) {
    at(id).innerHTML = options.map(([value, label]) =>
      `<option value="${e(value)}"${value === chosen ? " selected" : ""}>${e(label)}</option>`).join("");
  }

  function controls(state) {
    fill("region", Data.regions().map((r) => [r.slug, r.region_name]), state.region);
    fill("edition", Data.editions().map((x) => [String(x.year),
      x.is_classified ? String(x.year) : `${x.year} (indice incomplet)`]).reverse(), state.edition);
    fill("domaine", [["indice", "Indice de fragilité (ensemble)"],
      ...Data.domains().map((d) => [d.domain_id, d.domain_label])], state.domaine);
    fill("indicateur", Data.items(state.domaine).map((i) => [i.id, i.label]), state.indicateur);
    for (const name of Views.names()) {
      const tab = at(`vue-${name}`);
      const isChosen = name === state.vue;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    }
    at("panel").setAttribute("aria-labelledby", `vue-${state.vue}`);
  }

  function table(columns, isOpen) {
    const head = columns.map((c) => `<th scope="col">${e(c.label)}</th>`).join("");
    const rows = columns[0].values.map((_, row) => `<tr>${columns.map((c, k) => {
      const cell = e(c.shown[row] ?? "");
      const cls = c.values[row] === null || c.type === "string" ? "" : ' class="number"';
      return k === 0 ? `<th scope="row">${cell}</th>` : `<td${cls}>${cell}</td>`;
    }).join("")}</tr>`).join("");
    return `<details${isOpen ? " open" : ""}><summary>Les chiffres montrés</summary>`
      + '<div class="scroll" tabindex="0" role="region" aria-label="Tableau des chiffres montrés">'
      + `<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
  }

  // One sentence on the chosen region; a missing figure is said with its reason.
  function sentence(item, row, year) {
    const name = row.region.region_name;
    if (row.value === null || row.value === undefined) {
      return `<strong>${e(name)}</strong> : non disponible. ${e(row.reason || "")}`;
    }
    const parts = [`<strong>${e(name)}</strong> : <b>${e(Format.withUnit(row.value, item))}</b>`];
    if (row.france !== null && row.france !== undefined) {
      parts.push(item.isScore ? "100 pour la France" : `France ${e(Format.withUnit(row.france, item))}`);
    }
    if (row.rank) {
      parts.push(`${Format.ordinal(row.rank)} sur ${row.rankOf} `
        + `(${item.isScore ? "1er : la plus fragile" : "1er : la valeur la plus haute"})`);
    }
    if (row.low !== null && row.low !== undefined && row.low !== row.high) {
      parts.push(`de ${Format.number(row.low, 1)} à ${Format.number(row.high, 1)} selon ce que valent `
        + "les données absentes");
    }
    if (row.dataYear) parts.push(`donnée de ${row.dataYear}`);
    const doubts = (row.doubts || []).filter((d) => !d.startsWith("donnée de"));
    return `${parts.join(" · ")}${doubts.length ? ` · ${e(doubts.join(", "))}` : ""}`;
  }

  function describe(item, state) {
    const reference = item.isScore ? item.component : item.id;
    const notes = item.isScore ? "" : `<p>${e(item.definition_fr)} ${e(item.note_fr || "")}</p>`;
    return `${notes}<p class="hint">D’où vient ce chiffre : <code>phare explain ${e(state.region)} `
      + `${e(reference)} ${e(state.edition)}</code></p>`;
  }

  function show() {
    const refused = State.settle(State.read());
    const state = State.get();
    controls(state);
    const item = Data.items(state.domaine).find((i) => i.id === state.indicateur);
    const bySlug = (slug) => Data.regions().find((r) => r.slug === slug);
    const region = bySlug(state.region);
    const year = Number(state.edition);
    const context = { item, year, state, region, other: bySlug(state.avec) };
    const view = Views.draw(state.vue, context);
    const row = Data.figures(item, year).find((f) => f.region.slug === state.region);
    const titles = {
      comparaison: `${region.region_name} et ${context.other.region_name} : `
        + at("domaine").selectedOptions[0].text,
      perception: `Fragilités perçues et mesurées : ${region.region_name}`,
    };
    at("title").textContent = titles[state.vue] || item.label;
    at("subtitle").textContent = state.vue === "evolution" ? "Toutes les éditions"
      : `Édition ${state.edition}${item.unit ? ` · ${item.unit}` : ""}`;
    at("sentence").innerHTML = sentence(item, row, year);
    at("sentence").hidden = state.vue === "perception";
    at("panel").innerHTML = view.html + (view.caption ? `<p class="hint">${e(view.caption)}</p>` : "")
      + table(view.columns, view.isTable);
    at("about").innerHTML = describe(item, state);
    at("notice").textContent = refused.length
      ? `Le lien demandait ${refused.join(", ")}, qui n’existe pas ici ; la page montre autre chose.` : "";
    document.title = `${item.label} – ${region.region_name} – PHARE`;
    shown = { view, name: ["phare", state.region, state.indicateur, state.edition, state.vue].join("-"),
      metadata: { title: item.label, region: region.region_name, edition: state.edition,
        release: document.body.dataset.release } };
    if (at("avec")) at("avec").addEventListener("change", (x) => State.go({ avec: x.target.value }));
  }

  function choose(event) {
    const area = event.target.closest("[data-region]");
    if (!area) return;
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const slug = area.dataset.region;
    State.go({ region: slug });
    // The map was drawn anew; the keyboard stays where it was.
    const again = document.querySelector(`[data-region="${slug}"]`);
    if (again) again.focus();
  }

  function moveTab(event) {
    const names = Views.names(), now = names.indexOf(State.get().vue);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? names.length - 1
      : step ? (now + step + names.length) % names.length : null;
    if (to === null) return;
    event.preventDefault();
    State.go({ vue: names[to] });
    at(`vue-${names[to]}`).focus();
  }

  at("tabs").innerHTML = Views.names().map((name) => `<button type="button" role="tab" `
    + `id="vue-${name}" aria-controls="panel">${e(Views.label(name))}</button>`).join("");
  for (const id of ["region", "edition", "domaine", "indicateur"]) {
    at(id).addEventListener("change", (event) => State.go({ [id]: event.target.value }));
  }
  at("tabs").addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) State.go({ vue: tab.id.replace("vue-", "") });
  });
  at("tabs").addEventListener("keydown", moveTab);
  at("panel").addEventListener("click", choose);
  at("panel").addEventListener("keydown", choose);
  for (const button of document.querySelectorAll("[data-kind]")) {
    button.addEventListener("click", () =>
      Download.save(shown.view.columns, button.dataset.kind, shown.name, shown.metadata));
  }
  at("link").addEventListener("click", async () => {
    const address = location.href.split("#")[0] + State.link(State.get());
    try {
      await navigator.clipboard.writeText(address);
      at("notice").textContent = "Lien copié.";
    } catch {
      at("notice").textContent = `Lien de cette vue : ${address}`;
    }
  });
  window.addEventListener("phare", show);
  window.addEventListener("popstate", show);
  show();
})();
