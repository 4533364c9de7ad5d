/** Whether there is room for two panes. */
import { readonly, ref } from 'vue'

const query = matchMedia('(min-width: 900px)')
const current = ref(query.matches)
query.addEventListener('change', () => (current.value = query.matches))

export const wide = readonly(current)
