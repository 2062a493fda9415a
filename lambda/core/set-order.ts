/** The order of texts by their UTF-8 bytes, on every machine. Halves of characters, which UTF-8 does not have, stand behind all whole ones of 16 bits. */
export function byCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
    if (difference !== 0) {
      return difference;
    }
  }
  return a.length - b.length;
}

/** Code units in the order of the characters that they are part of. */
function rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}

/** The members of a set of texts in their order; undefined where they are none, or where one stands twice. */
export function orderedTexts(content: unknown): readonly string[] | undefined {
  if (!Array.isArray(content) || content.length === 0) {
    return undefined;
  }
  const members: string[] = [];
  for (const member of content as unknown[]) {
    if (typeof member !== 'string') {
      return undefined;
    }
    members.push(member);
  }
  sort(members);
  for (let index = 1; index < members.length; index++) {
    if (members[index] === members[index - 1]) {
      return undefined;
    }
  }
  return members;
}

/** Members up to which each is put in its place by itself: that makes no garbage, and most sets are small. */
const FEW = 16;

function sort(members: string[]): void {
  if (members.length > FEW) {
    members.sort(byCodePoints);
    return;
  }
  for (let index = 1; index < members.length; index++) {
    for (let place = index; place > 0 && byCodePoints(members[place], members[place - 1]) < 0; place--) {
      [members[place], members[place - 1]] = [members[place - 1], members[place]];
    }
  }
}

/** The order of base64 texts by their bytes. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'base64'), Buffer.from(b, 'base64'));
}
