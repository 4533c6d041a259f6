"use strict";
// Joins the controls, the state and the views; what a view shows is its own affair.
(() => {
  const e = Format.escape;
  const at = (id) => document.getElementById(id);
  let shown = null;
  let width = 0;

  // Pictures are drawn for the room they have, so that their letters keep their size.
  function roomOf() {
    const style = getComputedStyle(at("panel").parentElement);
    const room = at("panel").parentElement.clientWidth - parseFloat(style.paddingLeft)
      - parseFloat(style.paddingRight);
    return Math.floor(Math.min(room, Draw.WIDEST));
  }

  function fill(id, options, chosen) {
    at(id).innerHTML = options.map(([value, label]) =>
      `<option value="${e(value)}"${value === chosen ? " selected" : ""}>${e(Format.prose(label))}</option>`)
      .join("");
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

  function table(columns) {
    const head = columns.map((c) => `<th scope="col">${e(c.label)}</th>`).join("");
    const rows = columns[0].values.map((_, row) => `<tr>${columns.map((c, k) => {
      const cell = e(c.shown[row] ?? "");
      const cls = c.values[row] === null || c.type === "string" ? "" : ' class="number"';
      return k === 0 ? `<th scope="row">${cell}</th>` : `<td${cls}>${cell}</td>`;
    }).join("")}</tr>`).join("");
    const isOpen = document.querySelector("#panel details[open]") ? " open" : "";
    return `<details${isOpen}><summary>Les chiffres montrés</summary>`
      + '<div class="scroll" tabindex="0" role="region" aria-label="Tableau des chiffres montrés">'
      + `<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
  }

  // The chosen region's figure and what is to know of it; a missing one is said with its reason.
  function sentence(item, row) {
    const who = `<strong>${e(row.region.region_name)}</strong>`;
    if (!Columns.isThere(row.value)) {
      return `${who} <b class="none">non disponible</b> <span>${e(row.reason || "")}</span>`;
    }
    const parts = [];
    if (Columns.isThere(row.france)) {
      parts.push(item.isScore ? "France 100" : `France ${Format.withUnit(row.france, item)}`);
    }
    if (row.rank) {
      parts.push(`${Format.ordinal(row.rank)} sur ${row.rankOf} `
        + `(1er : la ${item.isScore ? "plus fragile" : "valeur la plus haute"})`);
    }
    if (Columns.isThere(row.low) && row.low !== row.high) {
      parts.push(`de ${Format.number(row.low, 1)} à ${Format.number(row.high, 1)} selon ce que valent `
        + "les données absentes");
    }
    if (row.dataYear) parts.push(`donnée de ${row.dataYear}`);
    parts.push(...(row.doubts || []).filter((d) => !d.startsWith("donnée de")));
    return `${who} <b>${e(Format.withUnit(row.value, item))}</b> `
      + `<span>${e(Format.prose(parts.join(" · ")))}</span>`;
  }

  // On how many of the expected indicators the edition's index rests, and what it is short of.
  function foundation(year) {
    const base = Data.foundation(year);
    const lacks = base.shortfall_fr ? ` À savoir : ${base.shortfall_fr}` : "";
    return Format.prose(`Base de l’indice ${year} : ${base.present_count} des ${base.expected_count} `
      + `indicateurs attendus, dont ${base.recent_count} de ${base.recent_from} ou après ; `
      + `${base.scored_domain_count} domaines notés sur ${base.domain_total}.${lacks}`);
  }

  // What a time line is of: the constant basket of a score is not its index.
  function span(item, region) {
    const basket = item.isScore ? Data.basket(item, region.region_code) : [];
    return basket.length
      ? `Panier constant de ${basket[0].count} indicateurs, ${basket[0].year} à ${basket[basket.length - 1].year}`
      : "Toutes les éditions";
  }

  function describe(item, state) {
    const reference = item.isScore ? item.component : item.id;
    const note = Format.prose(`${item.definition_fr || ""} ${item.note_fr || ""}`).trim();
    return (note ? `<p class="definition">${e(note)}</p>` : "")
      + `<p class="hint">D’où vient ce chiffre : <code>phare explain ${e(state.region)} `
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
    width = roomOf();
    const context = { item, year, state, region, other: bySlug(state.avec), width };
    const view = Views.draw(state.vue, context);
    const row = Data.figures(item, year).find((f) => f.region.slug === state.region);
    const titles = {
      comparaison: `${region.region_name} et ${context.other.region_name}`,
      perception: `Fragilités perçues et mesurées : ${region.region_name}`,
    };
    at("title").textContent = Format.prose(titles[state.vue] || item.label);
    const isCompared = state.vue === "comparaison";
    at("subtitle").textContent = [isCompared && at("domaine").selectedOptions[0].text,
      state.vue === "evolution" ? span(item, region) : `Édition ${state.edition}`,
      !isCompared && item.unit].filter(Boolean).join(" · ");
    at("sentence").innerHTML = sentence(item, row);
    at("foundation").textContent = foundation(year);
    at("foundation").hidden = !item.isScore || ["perception", "evolution"].includes(state.vue);
    at("sentence").hidden = (state.vue === "evolution" && item.isScore)
      || ["perception", "comparaison"].includes(state.vue);
    at("panel").innerHTML = view.html + (view.caption ? `<p class="hint">${e(view.caption)}</p>` : "")
      + table(view.columns);
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
    const ground = event.target.closest("[data-fond]");
    if (ground && event.type === "click") {
      State.go({ fond: ground.dataset.fond });
      document.querySelector(`[data-fond="${ground.dataset.fond}"]`).focus();
      return;
    }
    const area = event.target.closest("[data-region]");
    if (!area) return;
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const slug = area.dataset.region;
    State.go({ region: slug });
    // The map was drawn anew; the keyboard stays where it was.
    const again = document.querySelector(`.area[data-region="${slug}"]`);
    if (again) again.focus();
  }

  // The map's card follows the pointer and the keyboard, and returns to the chosen region.
  function point(event) {
    const area = event.target.closest(".area");
    const isAway = event.type === "pointerout" || event.type === "focusout";
    if (area) Views.point(isAway ? State.get().region : area.dataset.region);
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
  for (const kind of ["pointerover", "pointerout", "focusin", "focusout"]) {
    at("panel").addEventListener(kind, point);
  }
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
  window.addEventListener("resize", () => { if (roomOf() !== width) show(); });
  show();
})();
