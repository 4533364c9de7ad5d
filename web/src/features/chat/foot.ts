/** What stands below a conversation with an account, around the composer. Set by the feature that knows accounts. */
import { shallowRef, type Component } from 'vue'

export const accountFoot = shallowRef<Component | null>(null)
