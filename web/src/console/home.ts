/** The organisation one is looking at, and what it owns. */
import { computed, shallowRef } from 'vue'

import { useFetch } from '@/workbench/useFetch'
import { profiled } from '@/transport/profile'

import { ask, may, type Merchant, type Organisation, type OwnApp, type Role } from './api'

const KEY = profiled('organisation')
const chosen = shallowRef(localStorage.getItem(KEY) ?? '')

const organisations = useFetch(async () => (await ask<{ organisations: Organisation[] }>('GET', '/organisations')).organisations)
const belongings = useFetch(async () => {
  const org = organisation.value
  if (org === null) return { org: '', apps: [], merchants: [] }
  const [apps, { merchants }] = await Promise.all([everyApp(org.org_id), ask<{ merchants: Merchant[] }>('GET', `/organisations/${org.org_id}/merchants`)])
  return { org: org.org_id, apps, merchants }
})

const APPS_PAGE = 50

async function everyApp(org: string): Promise<OwnApp[]> {
  const found: OwnApp[] = []
  for (;;) {
    const { apps } = await ask<{ apps: OwnApp[] }>('GET', `/organisations/${org}/apps?after=${found.at(-1)?.appid ?? ''}`)
    found.push(...apps)
    if (apps.length < APPS_PAGE) return found
  }
}

const organisation = computed(() => organisations.value.value?.find((one) => one.org_id === chosen.value) ?? organisations.value.value?.[0] ?? null)

export function useHome() {
  return {
    organisations: organisations.value,
    organisation,
    apps: computed(() => belongings.value.value?.apps ?? []),
    merchants: computed(() => belongings.value.value?.merchants ?? []),
    loaded: computed(() => belongings.value.value !== null && belongings.value.value.org === (organisation.value?.org_id ?? '')),
    error: computed(() => organisations.error.value ?? belongings.error.value),
    busy: computed(() => organisations.busy.value || belongings.busy.value),
    mayAs: (needed: Role) => may(organisation.value?.role, needed),
    async load() {
      await organisations.load()
      await belongings.load()
    },
    reload: belongings.load,
    async choose(org: string) {
      chosen.value = org
      localStorage.setItem(KEY, org)
      await belongings.load()
    },
    forget() {
      organisations.value.value = null
      belongings.value.value = null
    },
  }
}
