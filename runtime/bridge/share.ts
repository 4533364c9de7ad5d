/** What is sent when a program is shared: the card's title, the page it opens, its picture. */
export interface ShareContent {
  title: string
  path: string
  imageUrl: string
}
