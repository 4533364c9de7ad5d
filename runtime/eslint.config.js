import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/**', 'scripts/**'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      // Programs hand the engine values of any shape; `unknown` is used wherever we look inside them.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    // The compiler runs where there is no page: inside Python, in Node, in a worker.
    files: ['compiler/**', 'bridge/**'],
    rules: { 'no-restricted-globals': ['error', 'document', 'window', 'navigator', 'location'] },
  },
  {
    files: ['bridge/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['*'] }] },
  },
)
