"use strict";
// Files of exactly what is shown, made in the browser.
const Download = (() => {
  // A spreadsheet must not run a text as a formula.
  const neutral = (text) => (/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text);

  function csv(columns, { separator, decimal, header }) {
    const quote = (text) => `"${neutral(text).replace(/"/g, '""')}"`;
    const cell = (column, row) => {
      const value = column.values[row];
      if (value === null || value === undefined) return "";
      return column.type === "string" ? quote(value) : String(value).replace(".", decimal);
    };
    const rows = [columns.map((c) => quote(c[header])).join(separator)];
    for (let row = 0; row < columns[0].values.length; row++) {
      rows.push(columns.map((c) => cell(c, row)).join(separator));
    }
    return `${rows.join("\r\n")}\r\n`;
  }

  function content(columns, kind, metadata) {
    if (kind === "parquet") return ParquetWriter.write(columns, metadata);
    if (kind === "csv") return csv(columns, { separator: ",", decimal: ".", header: "name" });
    return `\ufeff${csv(columns, { separator: ";", decimal: ",", header: "label" })}`;
  }

  function save(columns, kind, name, metadata) {
    const file = new Blob([content(columns, kind, metadata)]);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = `${name}${kind === "excel" ? "-excel" : ""}.${kind === "parquet" ? kind : "csv"}`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  return { content, save };
})();
if (typeof module !== "undefined") module.exports = Download;
