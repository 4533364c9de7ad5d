/** Where an address of an article of this home is read in the app; null for any other. */
const PUBLISHED = /^https?:\/\/mp\.weixin\.qq\.com\/s\/([A-Za-z0-9]+)\/?(?:[?#].*)?$/i
const HERE = /^\/(?:articles|mp\/s)\/([A-Za-z0-9]+)\/?$/

export function ownArticle(url: string): string | null {
  let found = PUBLISHED.exec(url)
  if (found === null && URL.canParse(url)) {
    const { origin, pathname } = new URL(url)
    if (origin === location.origin) found = HERE.exec(pathname)
  }
  return found === null ? null : `/articles/${found[1] ?? ''}`
}
