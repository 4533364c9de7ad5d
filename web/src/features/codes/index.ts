/** Codes: scanning them, and going where they lead. */
import type { RouteRecordRaw } from 'vue-router'

export type { Reading } from './decode'
export { useLead } from './useLead'

export const CodeReader = () => import('./CodeReader.vue')

/** The code in a picture that is being shown, by a reader fetched when it is first needed. */
export const readShown = async (picture: Blob) => (await import('./decode')).readPicture(picture, 'PRESS')

/** The code in one of a camera's pictures. */
export const readFrame = async (picture: ImageBitmap) => (await import('./decode')).readFrame(picture)

export const routes: RouteRecordRaw[] = [
  { path: '/l/:handle', component: () => import('./LinkPage.vue'), props: true, meta: { tab: 'discover', up: '/discover' } },
  { path: '/scan', component: () => import('./ScanPage.vue'), meta: { tab: 'discover', up: '/discover', bare: true } },
]
