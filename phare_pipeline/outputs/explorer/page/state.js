"use strict";
// What is chosen, as the part of the address behind `#`, so that every state has a link.
const State = (() => {
  const KEYS = ["region", "edition", "domaine", "indicateur", "vue", "fond", "avec"];
  let current = {};

  function read() {
    const asked = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(KEYS.map((key) => [key, asked.get(key)]));
  }

  function link(state) {
    return `#${new URLSearchParams(KEYS.map((key) => [key, state[key]]))}`;
  }

  // Keeps what fits the data; the rest falls to the first possible choice, and the page says so.
  function settle(asked) {
    const refused = [];
    const choose = (key, possible, otherwise) => {
      if (possible.includes(asked[key])) return asked[key];
      if (asked[key]) refused.push(`${key} « ${asked[key]} »`);
      return otherwise;
    };
    const slugs = Data.regions().map((r) => r.slug);
    const years = Data.editions().map((e) => String(e.year));
    const first = Data.editions().find((e) => e.headline_status !== "other");
    const domain = choose("domaine", ["indice", ...Data.domains().map((d) => d.domain_id)], "indice");
    const items = Data.items(domain).map((item) => item.id);
    const region = choose("region", slugs, slugs.includes("hauts-de-france")
      ? "hauts-de-france" : slugs[0]);
    current = {
      region,
      edition: choose("edition", years, String(first.year)),
      domaine: domain,
      indicateur: choose("indicateur", items, items[0]),
      vue: choose("vue", Views.names(), Views.names()[0]),
      fond: choose("fond", ["carte", "tuiles"], "carte"),
      avec: choose("avec", slugs, slugs.find((slug) => slug !== region)),
    };
    return refused;
  }

  function go(change) {
    const next = { ...current, ...change };
    // Another domain has other indicators: the first of them is shown.
    if (change.domaine && !change.indicateur) next.indicateur = Data.items(next.domaine)[0].id;
    history.pushState(null, "", link(next));
    window.dispatchEvent(new Event("phare"));
  }

  return { read, settle, go, link, get: () => current };
})();
