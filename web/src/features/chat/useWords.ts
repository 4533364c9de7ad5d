/** Messages in one line of words: for the list, for quotes, for what the conversation itself says. */
import { useI18n } from 'vue-i18n'

import type { Line } from '@/api'
import { personOf } from '@/features/contacts'
import { me } from '@/transport/home'

type Body = Line['body']

export function useWords() {
  const { t, locale } = useI18n()
  const nameOf = (id: string): string => (id === me() ? t('chat.you') : (personOf(id)?.name ?? t('chat.somebody')))
  const names = (ids: readonly string[]): string => new Intl.ListFormat(locale.value, { type: 'conjunction' }).format(ids.map(nameOf))

  function systemLine(body: Extract<Body, { kind: 'system' }>): string {
    const actor = nameOf(body.actor)
    const targets = names(body.targets)
    switch (body.event) {
      case 'group_created':
        return targets === '' ? t('chat.system.created', { actor }) : t('chat.system.createdWith', { actor, targets })
      case 'invited':
        return t('chat.system.invited', { actor, targets })
      case 'joined':
        return t('chat.system.joined', { actor })
      case 'left':
        return t('chat.system.left', { actor })
      case 'removed':
        return t('chat.system.removed', { actor, targets })
      case 'renamed':
        return t('chat.system.renamed', { actor, text: body.text })
      case 'announced':
        return body.text === '' ? t('chat.system.unannounced', { actor }) : t('chat.system.announced', { actor, text: body.text })
      case 'owner':
        return t('chat.system.owner', { targets })
      case 'role':
        return body.text === 'ADMIN' ? t('chat.system.admin', { targets }) : t('chat.system.member', { targets })
      case 'met':
        return t('chat.system.met')
      default:
        return body.text
    }
  }

  function bodyLine(body: Body): string {
    switch (body.kind) {
      case 'text':
        return body.text
      case 'linked_text':
        return body.parts.map((part) => part.text).join('')
      case 'article':
        return t('chat.kind.article', { name: body.title })
      case 'chosen':
        return body.content
      case 'image':
        return t('chat.kind.image')
      case 'voice':
        return t('chat.kind.voice')
      case 'video':
        return t('chat.kind.video')
      case 'file':
        return t('chat.kind.file', { name: body.name ?? '' })
      case 'link':
        return t('chat.kind.link', { name: body.title })
      case 'mini_program':
        return t('chat.kind.program', { name: body.title })
      case 'contact':
        return t('chat.kind.contact', { name: body.nickname ?? '' })
      case 'account':
        return t('chat.kind.account', { name: body.name ?? '' })
      case 'location':
        return t('chat.kind.location', { name: body.name ?? '' })
      case 'news':
        return body.articles[0]?.title ?? ''
      case 'notice':
        return body.title
      case 'menu':
        return body.head
      case 'system':
        return systemLine(body)
      case 'recalled':
        return body.by === me() ? t('chat.recalledByMe') : t('chat.recalledBy', { name: nameOf(body.by) })
      default:
        return t('chat.kind.unknown')
    }
  }

  return { bodyLine, nameOf }
}
