/** Files of this device, chosen by the person. None if they change their mind. */
export function pickFiles(accept: string, many = true, capture?: 'user' | 'environment'): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = accept
    input.multiple = many
    if (capture !== undefined) input.setAttribute('capture', capture)
    input.onchange = () => resolve([...(input.files ?? [])])
    input.oncancel = () => resolve([])
    input.click()
  })
}
