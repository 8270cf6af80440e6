export function pages() {}
