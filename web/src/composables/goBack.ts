/** Back to where one came from; where nothing lies behind in this document, up to `up`. */
import type { Router } from 'vue-router'

export async function goBack(router: Router, up = '/'): Promise<void> {
  if ((history.state as { back?: unknown } | null)?.back) router.back()
  else await router.replace(up)
}
