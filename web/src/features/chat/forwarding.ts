/** What is about to be sent on to other conversations. */
import { shallowRef } from 'vue'

import type { PersonBody } from './outbox'

export const forwarded = shallowRef<PersonBody | null>(null)
