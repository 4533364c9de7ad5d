/** A menu while it is edited, and as it is published. */
import type { Button } from '../api'

export const KINDS = ['click', 'view', 'miniprogram', 'scancode_push', 'scancode_waitmsg', 'pic_sysphoto', 'pic_photo_or_album', 'pic_weixin', 'location_select'] as const

export type Draft = Required<Omit<Button, 'sub_button'>> & { sub_button: Draft[] }

export function blank(name = ''): Draft {
  return { name, type: 'click', key: '', url: '', appid: '', pagepath: '', sub_button: [] }
}

export function draftOf(button: Button): Draft {
  return { ...blank(), ...button, sub_button: (button.sub_button ?? []).map(draftOf) }
}

/** Only what this kind of button has; one that opens others has no kind. */
export function plain(draft: Draft): Button {
  const name = draft.name.trim()
  if (draft.sub_button.length > 0) return { name, sub_button: draft.sub_button.map(plain) }
  if (draft.type === 'view') return { name, type: draft.type, url: draft.url }
  if (draft.type === 'miniprogram') return { name, type: draft.type, url: draft.url, appid: draft.appid, pagepath: draft.pagepath }
  return { name, type: draft.type, key: draft.key }
}
