"use strict";
// Writes flat tables as Parquet: plain pages of version 1, no compression, every column optional.
// What is written, and reading, belong elsewhere.
const ParquetWriter = (() => {
  const TYPES = { boolean: 0, int32: 1, double: 5, string: 6 };
  const encoder = new TextEncoder();

  class Bytes {
    constructor() {
      this.parts = [];
    }
    byte(value) {
      this.parts.push(value & 255);
    }
    append(bytes) {
      for (const byte of bytes) this.parts.push(byte);
    }
    varint(value) {
      while (value >= 128) {
        this.byte((value % 128) | 128);
        value = Math.floor(value / 128);
      }
      this.byte(value);
    }
    number(value, size, write) {
      const buffer = new DataView(new ArrayBuffer(size));
      write(buffer, value);
      this.append(new Uint8Array(buffer.buffer));
    }
    uint32(value) {
      this.number(value, 4, (view, v) => view.setUint32(0, v, true));
    }
  }

  // Thrift's compact protocol. A struct is a list of [field number, type, value], in order.
  const i32 = (id, value) => [id, 5, value];
  const i64 = (id, value) => [id, 6, value];
  const string = (id, value) => [id, 8, value];
  const list = (id, type, values) => [id, 9, { type, values }];
  const struct = (id, fields) => [id, 12, fields];

  function writeValue(out, type, value) {
    if (type === 5 || type === 6) out.varint(value >= 0 ? value * 2 : -value * 2 - 1);
    else if (type === 8) {
      const bytes = encoder.encode(value);
      out.varint(bytes.length);
      out.append(bytes);
    } else if (type === 9) {
      const size = value.values.length;
      out.byte((Math.min(size, 15) << 4) | value.type);
      if (size >= 15) out.varint(size);
      for (const item of value.values) writeValue(out, value.type, item);
    } else writeStruct(out, value);
  }

  function writeStruct(out, fields) {
    let last = 0;
    for (const [id, type, value] of fields) {
      out.byte(((id - last) << 4) | type);
      writeValue(out, type, value);
      last = id;
    }
    out.byte(0);
  }

  function levels(values) {
    const out = new Bytes();
    const groups = Math.ceil(values.length / 8);
    out.varint(groups * 2 + 1);
    for (let group = 0; group < groups; group++) {
      let byte = 0;
      for (let bit = 0; bit < 8; bit++) {
        const value = values[group * 8 + bit];
        if (value !== null && value !== undefined) byte |= 1 << bit;
      }
      out.byte(byte);
    }
    return out.parts;
  }

  function plain(values, type) {
    const out = new Bytes();
    if (type === "boolean") {
      for (let i = 0; i < values.length; i += 8) {
        out.byte(values.slice(i, i + 8).reduce((byte, v, bit) => byte | ((v ? 1 : 0) << bit), 0));
      }
      return out.parts;
    }
    for (const value of values) {
      if (type === "double") out.number(value, 8, (view, v) => view.setFloat64(0, v, true));
      else if (type === "int32") out.number(value, 4, (view, v) => view.setInt32(0, v, true));
      else {
        const bytes = encoder.encode(value);
        out.uint32(bytes.length);
        out.append(bytes);
      }
    }
    return out.parts;
  }

  function page(values, type) {
    const body = new Bytes();
    const defined = levels(values);
    body.uint32(defined.length);
    body.append(defined);
    body.append(plain(values.filter((v) => v !== null && v !== undefined), type));
    const size = body.parts.length;
    const header = new Bytes();
    writeStruct(header, [
      i32(1, 0), i32(2, size), i32(3, size),
      struct(5, [i32(1, values.length), i32(2, 0), i32(3, 3), i32(4, 3)]),
    ]);
    header.append(body.parts);
    return header.parts;
  }

  // columns: [{name, type: "string"|"double"|"int32"|"boolean", values}]; metadata: {key: text}.
  function write(columns, metadata) {
    const rows = columns[0].values.length;
    const out = new Bytes();
    out.append(encoder.encode("PAR1"));
    const chunks = columns.map((column) => {
      const offset = out.parts.length;
      out.append(page(column.values, column.type));
      const size = out.parts.length - offset;
      return [
        i64(2, offset),
        struct(3, [
          i32(1, TYPES[column.type]), list(2, 5, [0, 3]), list(3, 8, [column.name]), i32(4, 0),
          i64(5, rows), i64(6, size), i64(7, size), i64(9, offset),
        ]),
      ];
    });
    const total = out.parts.length - 4;
    const elements = [
      [string(4, "schema"), i32(5, columns.length)],
      ...columns.map((column) => [
        i32(1, TYPES[column.type]), i32(3, 1), string(4, column.name),
        ...(column.type === "string" ? [i32(6, 0)] : []),
      ]),
    ];
    const pairs = Object.entries(metadata).map(([key, value]) => [string(1, key), string(2, value)]);
    const start = out.parts.length;
    writeStruct(out, [
      i32(1, 2), list(2, 12, elements), i64(3, rows),
      list(4, 12, [[list(1, 12, chunks), i64(2, total), i64(3, rows)]]),
      list(5, 12, pairs), string(6, "phare"),
    ]);
    out.uint32(out.parts.length - start);
    out.append(encoder.encode("PAR1"));
    return new Uint8Array(out.parts);
  }

  return { write };
})();
if (typeof module !== "undefined") module.exports = ParquetWriter;
