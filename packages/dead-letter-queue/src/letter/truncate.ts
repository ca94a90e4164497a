/** The text's beginning that has so many bytes in UTF-8 at most; no character is cut in two. */
export function cut(text: string, mostBytes: number): string {
  if (text.length * 3 <= mostBytes || Buffer.byteLength(text) <= mostBytes) return text;
  const bytes = Buffer.from(text.slice(0, mostBytes));
  let end = mostBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
