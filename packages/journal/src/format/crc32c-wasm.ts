// Made by wasm/crc32c.mjs; a test compares the two.

/** Bytes that the module takes at once; a multiple of it is carried over by the tables at its memory's start. */
export const blockBytes = 16;
/** Where the tables end and the bytes to be summed may begin. */
export const tablesBytes = 16384;
export const moduleBase64 = [
  'AGFzbQEAAAABCAFgA39/fwF/AhMBB2pvdXJuYWwGbWVtb3J5AgABAwIBAAcKAQZ1cGRhdGUAAAqMBQGJBQYCfwF+AX8BfgF/AX4g',
  'ACABaiEDIAFBIE8EQCADQSBrIQQgAiEGA0AgACkAACAGrYUhByAAKQAIIAithSEJIAenQQJ0QfwHcSgCACAHQgaIp0H8B3EoAoAI',
  'cyAHQg6Ip0H8B3EoAoAQcyAHQhaIp0H8B3EoAoAYcyAHQh6Ip0H8B3EoAoAgcyAHQiaIp0H8B3EoAoAocyAHQi6Ip0H8B3EoAoAw',
  'cyAHQjaIp0H8B3EoAoA4cyEGIAmnQQJ0QfwHcSgCACAJQgaIp0H8B3EoAoAIcyAJQg6Ip0H8B3EoAoAQcyAJQhaIp0H8B3EoAoAY',
  'cyAJQh6Ip0H8B3EoAoAgcyAJQiaIp0H8B3EoAoAocyAJQi6Ip0H8B3EoAoAwcyAJQjaIp0H8B3EoAoA4cyEIIABBEGoiACAETQ0A',
  'C0EAIQIgACkAACAGIAJzrYUhBSAFp0ECdEH8B3EoAoBAIAVCBoinQfwHcSgCgEhzIAVCDoinQfwHcSgCgFBzIAVCFoinQfwHcSgC',
  'gFhzIAVCHoinQfwHcSgCgGBzIAVCJoinQfwHcSgCgGhzIAVCLoinQfwHcSgCgHBzIAVCNoinQfwHcSgCgHhzIQIgACkACCAIIAJz',
  'rYUhBSAFp0ECdEH8B3EoAoBAIAVCBoinQfwHcSgCgEhzIAVCDoinQfwHcSgCgFBzIAVCFoinQfwHcSgCgFhzIAVCHoinQfwHcSgC',
  'gGBzIAVCJoinQfwHcSgCgGhzIAVCLoinQfwHcSgCgHBzIAVCNoinQfwHcSgCgHhzIQIgAEEQaiEACwJAA0AgACADTw0BIAJBCHYg',
  'AiAALQAAc0H/AXFBAnQoAoB4cyECIABBAWohAAwACwsgAgs=',
].join('');
