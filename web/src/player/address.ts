/** The channel in a page's address: /watch/CHANNEL and /embed/CHANNEL. */
export function channelOfAddress(pathname: string): string {
  const found = /^\/(?:watch|embed)\/([^/]+)\/?$/.exec(pathname);
  if (!found) return '';
  try {
    return decodeURIComponent(found[1]!);
  } catch {
    return found[1]!;
  }
}
