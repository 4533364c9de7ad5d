import { defineConfig } from 'eslint/config'
import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import typescript from 'typescript-eslint'

const insides = {
  group: ['@/features/*/*', '**/features/*/*'],
  message: "A feature is reached through its index, never by its insides: import from '@/features/<room>'.",
}
const elsewhere = {
  group: ['../**'],
  message: "Inside a feature import from './'; anything else has an address under '@/'.",
}
const cdnIcons = {
  group: ['**/icon', '**/icon/*', 'tdesign-icons-vue-next'],
  importNames: ['Icon', 'IconFont', 'IconSvg'],
  message: 'This icon is fetched from a CDN. Import the drawn one: XxxIcon from tdesign-icons-vue-next.',
}
const whole = {
  regex: '^tdesign-(mobile-vue|vue-next)$',
  message: 'Import single components (tdesign-…/es/button): the whole library does not fit the first screen.',
}
const desktop = { regex: '^tdesign-vue-next', message: 'The app stands on tdesign-mobile-vue.' }
const mobile = { regex: '^tdesign-mobile-vue', message: 'Desk and console stand on tdesign-vue-next.' }
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] })

export default defineConfig(
  { ignores: ['src/api/**'] },
  typescript.configs.strict,
  vue.configs['flat/recommended'],
  accessibility.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always' } }],
      'vue/no-v-html': 'error',
      'vuejs-accessibility/label-has-for': ['error', { controlComponents: ['TInput'], required: { some: ['nesting', 'id'] } }],
    },
  },
  { files: ['src/**/*.{ts,vue}'], rules: { ...restrict(insides, cdnIcons, whole), 'no-console': 'error' } },
  { files: ['src/app/**'], rules: restrict(insides, cdnIcons, whole, desktop) },
  { files: ['src/{desk,console}/**'], rules: restrict(insides, cdnIcons, whole, mobile) },
  { files: ['src/features/**'], rules: restrict(insides, elsewhere, cdnIcons, whole, desktop) },
  { files: ['src/{components,composables}/**'], rules: restrict({ ...insides, group: ['@/features/**'] }, cdnIcons, whole, desktop, mobile) },
)
