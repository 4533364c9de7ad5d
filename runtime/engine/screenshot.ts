/** A picture of the page, drawn by the browser from what is in the document: the frame may not be looked at from outside. */

/** The page as it stands, as a PNG in Base64. */
export async function screenshot(): Promise<string> {
  const [width, height, ratio] = [innerWidth, innerHeight, devicePixelRatio || 1]
  const body = document.body.cloneNode(true) as HTMLElement
  await copyStates(document.body, body)
  for (const script of body.querySelectorAll('script')) script.remove()
  const styles = Array.from(document.querySelectorAll('style'), (style) => style.textContent).join('\n')
  const sheet = document.createElement('style')
  sheet.textContent = styles
  body.prepend(sheet)
  body.style.cssText += `;margin:0;width:${width}px;height:${height}px;overflow:hidden;background:${getComputedStyle(document.body).backgroundColor}`
  body.setAttribute('xmlns', 'http://www.w3.org/1999/xhtml')
  const text = new XMLSerializer().serializeToString(body)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><foreignObject width="100%" height="100%">${text}</foreignObject></svg>`
  const picture = new Image()
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await picture.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width * ratio
  canvas.height = height * ratio
  const paper = canvas.getContext('2d')!
  paper.fillStyle = getComputedStyle(document.documentElement).backgroundColor === 'rgba(0, 0, 0, 0)' ? '#fff' : getComputedStyle(document.documentElement).backgroundColor
  paper.fillRect(0, 0, canvas.width, canvas.height)
  paper.scale(ratio, ratio)
  paper.drawImage(picture, 0, 0)
  return canvas.toDataURL('image/png').split(',')[1]!
}

/** What a copy of the tree does not have by itself: what was typed, drawn, loaded and scrolled. */
async function copyStates(from: Element, to: Element): Promise<void> {
  if (from instanceof HTMLInputElement) to.setAttribute('value', from.value)
  else if (from instanceof HTMLTextAreaElement) to.textContent = from.value
  else if (from instanceof HTMLCanvasElement) to.replaceWith(await drawn(from, from.width, from.height))
  else if (from instanceof HTMLImageElement && from.src && !from.src.startsWith('data:')) to.setAttribute('src', (await loaded(from.src)) ?? '')
  if (from.scrollTop || from.scrollLeft) for (const child of to.children) (child as HTMLElement).style.translate = `${-from.scrollLeft}px ${-from.scrollTop}px`
  const pairs = Array.from(from.children, (child, index): [Element, Element] => [child, to.children[index]!])
  for (const [one, copy] of pairs) if (copy) await copyStates(one, copy)
}

async function loaded(url: string): Promise<string | undefined> {
  const picture = new Image()
  picture.crossOrigin = 'anonymous'
  picture.src = url
  try {
    await picture.decode()
    return (await drawn(picture, picture.naturalWidth, picture.naturalHeight)).src
  } catch {
    return undefined
  }
}

async function drawn(source: CanvasImageSource, width: number, height: number): Promise<HTMLImageElement> {
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, width)
  canvas.height = Math.max(1, height)
  canvas.getContext('2d')!.drawImage(source, 0, 0)
  const picture = new Image()
  picture.src = canvas.toDataURL()
  return picture
}
