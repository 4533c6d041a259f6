"use strict";
// Reads the Parquet files that this project publishes: flat columns, pages of version 1, Snappy or
// no compression. Anything else is refused by name. Nothing of the page belongs here.
const Parquet = (() => {
  const BOOLEAN = 0, INT32 = 1, INT64 = 2, DOUBLE = 5, BYTE_ARRAY = 6;
  const PLAIN = 0, PLAIN_DICTIONARY = 2, RLE = 3, RLE_DICTIONARY = 8;
  const DATA_PAGE = 0, DICTIONARY_PAGE = 2;
  const text = new TextDecoder();

  // Thrift's compact protocol, as objects whose keys are the field numbers.
  class Thrift {
    constructor(bytes, position) {
      this.bytes = bytes;
      this.position = position;
    }
    varint() {
      let result = 0, factor = 1;
      for (;;) {
        const byte = this.bytes[this.position++];
        if (byte === undefined) throw new Error("Parquet : fin de fichier inattendue");
        result += (byte & 0x7f) * factor;
        if (byte < 0x80) return result;
        factor *= 128;
      }
    }
    zigzag() {
      const n = this.varint();
      return n % 2 ? -(n + 1) / 2 : n / 2;
    }
    binary() {
      const length = this.varint();
      this.position += length;
      return this.bytes.subarray(this.position - length, this.position);
    }
    value(type) {
      switch (type) {
        case 1: return true;
        case 2: return false;
        case 3: return this.bytes[this.position++];
        case 4: case 5: case 6: return this.zigzag();
        case 7: this.position += 8; return null;
        case 8: return this.binary();
        case 9: case 10: return this.list();
        case 12: return this.struct();
        default: throw new Error(`Parquet : type Thrift ${type} inattendu`);
      }
    }
    list() {
      const head = this.bytes[this.position++];
      const size = head >> 4 === 15 ? this.varint() : head >> 4;
      const type = head & 15;
      const items = [];
      for (let i = 0; i < size; i++) {
        // In a list a boolean is a byte of its own.
        items.push(type <= 2 ? this.bytes[this.position++] === 1 : this.value(type));
      }
      return items;
    }
    struct() {
      const fields = {};
      let id = 0;
      for (;;) {
        const head = this.bytes[this.position++];
        if (head === 0) return fields;
        id = head >> 4 ? id + (head >> 4) : this.zigzag();
        fields[id] = this.value(head & 15);
      }
    }
  }

  function unsnap(source, size) {
    const target = new Uint8Array(size);
    let from = 0, to = 0;
    while (source[from++] >= 0x80);  // the length, which the page header has too
    while (from < source.length) {
      const tag = source[from++];
      let length = (tag >> 2) + 1, offset = 0;
      if ((tag & 3) === 0) {
        if (length > 60) {
          const extra = length - 60;
          length = 0;
          for (let i = 0; i < extra; i++) length += source[from++] * 2 ** (8 * i);
          length += 1;
        }
        target.set(source.subarray(from, from + length), to);
        from += length;
        to += length;
        continue;
      }
      if ((tag & 3) === 1) {
        length = ((tag >> 2) & 7) + 4;
        offset = ((tag >> 5) << 8) | source[from++];
      } else if ((tag & 3) === 2) {
        offset = source[from] | (source[from + 1] << 8);
        from += 2;
      } else {
        offset = source[from] + source[from + 1] * 256 + source[from + 2] * 65536
          + source[from + 3] * 16777216;
        from += 4;
      }
      if (offset === 0 || offset > to) throw new Error("Parquet : bloc Snappy abîmé");
      // Byte by byte: the copy may overlap what it writes.
      for (const end = to + length; to < end; to++) target[to] = target[to - offset];
    }
    if (to !== size) throw new Error("Parquet : bloc Snappy de longueur inattendue");
    return target;
  }

  // Runs of equal values and groups of packed ones, `width` bits each.
  function hybrid(bytes, position, end, width, count) {
    if (width > 24) throw new Error(`Parquet : clés de ${width} bits inattendues`);
    const values = new Uint32Array(count);
    const reader = new Thrift(bytes, position);
    let filled = 0;
    while (filled < count && reader.position < end) {
      const header = reader.varint();
      if (header % 2 === 0) {
        let value = 0;
        for (let i = 0; i < Math.ceil(width / 8); i++) {
          value += bytes[reader.position++] * 2 ** (8 * i);
        }
        const last = Math.min(count, filled + header / 2);
        values.fill(value, filled, last);
        filled = last;
      } else {
        const packed = ((header - 1) / 2) * 8;
        const last = Math.min(count, filled + packed);
        let from = reader.position, held = 0, bits = 0;
        // Dictionary keys and levels have far fewer than 24 bits, so 32 hold what is being read.
        while (filled < last) {
          for (; bits < width; bits += 8) held |= bytes[from++] << bits;
          values[filled++] = held & ((1 << width) - 1);
          held >>>= width;
          bits -= width;
        }
        reader.position += (packed * width) / 8;
      }
    }
    if (filled < count) throw new Error("Parquet : page trop courte");
    return values;
  }

  function plain(bytes, position, type, count) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const values = new Array(count);
    for (let i = 0; i < count; i++) {
      if (type === BYTE_ARRAY) {
        const length = view.getUint32(position, true);
        values[i] = text.decode(bytes.subarray(position + 4, position + 4 + length));
        position += 4 + length;
      } else if (type === DOUBLE) {
        values[i] = view.getFloat64(position, true);
        position += 8;
      } else if (type === INT32) {
        values[i] = view.getInt32(position, true);
        position += 4;
      } else if (type === INT64) {
        values[i] = Number(view.getBigInt64(position, true));
        position += 8;
      } else {
        values[i] = ((bytes[position + (i >> 3)] >> (i & 7)) & 1) === 1;
      }
    }
    return values;
  }

  function pageValues(bytes, position, header, type, dictionary, count) {
    const encoding = header[5][2];
    if (encoding === PLAIN) return plain(bytes, position, type, count);
    if (encoding === RLE_DICTIONARY || encoding === PLAIN_DICTIONARY) {
      const width = bytes[position];
      const keys = hybrid(bytes, position + 1, bytes.length, width, count);
      return Array.from(keys, (key) => dictionary[key]);
    }
    if (encoding === RLE && type === BOOLEAN) {
      return Array.from(hybrid(bytes, position + 4, bytes.length, 1, count), (bit) => bit === 1);
    }
    throw new Error(`Parquet : codage ${encoding} inattendu`);
  }

  function readChunk(file, meta, element, values) {
    const end = values.length + meta[5];
    const type = meta[1], isOptional = element[3] === 1;
    let dictionary = null;
    let position = meta[11] || meta[9];
    while (values.length < end) {
      const thrift = new Thrift(file, position);
      const header = thrift.struct();
      const start = thrift.position;
      position = start + header[3];
      let page = file.subarray(start, position);
      if (meta[4] === 1) page = unsnap(page, header[2]);
      else if (meta[4] !== 0) throw new Error(`Parquet : compression ${meta[4]} inattendue`);
      if (header[1] === DICTIONARY_PAGE) {
        dictionary = plain(page, 0, type, header[7][1]);
      } else if (header[1] === DATA_PAGE) {
        const count = header[5][1];
        let defined = null, from = 0;
        if (isOptional) {
          const length = new DataView(page.buffer, page.byteOffset).getUint32(0, true);
          defined = hybrid(page, 4, 4 + length, 1, count);
          from = 4 + length;
        }
        const present = defined ? defined.reduce((sum, bit) => sum + bit, 0) : count;
        const found = pageValues(page, from, header, type, dictionary, present);
        for (let i = 0, k = 0; i < count; i++) {
          values.push(defined && defined[i] === 0 ? null : found[k++]);
        }
      } else {
        throw new Error(`Parquet : page de type ${header[1]} inattendue`);
      }
    }
  }

  // Returns {columns: {name: array}, rows, metadata: {key: text}}; missing values are null.
  function read(file) {
    const magic = text.decode(file.subarray(file.length - 4));
    if (file.length < 12 || magic !== "PAR1") throw new Error("Ce n’est pas un fichier Parquet");
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const length = view.getUint32(file.length - 8, true);
    const footer = new Thrift(file, file.length - 8 - length).struct();
    const elements = footer[2].slice(1);
    if (elements.some((element) => element[5])) throw new Error("Parquet : colonnes imbriquées");
    const columns = {};
    elements.forEach((element, number) => {
      const name = text.decode(element[4]);
      columns[name] = [];
      for (const group of footer[4]) {
        readChunk(file, group[1][number][3], element, columns[name]);
      }
    });
    const metadata = {};
    for (const pair of footer[5] || []) metadata[text.decode(pair[1])] = text.decode(pair[2] || []);
    return { columns, rows: footer[3], metadata };
  }

  return { read };
})();
if (typeof module !== "undefined") module.exports = Parquet;
