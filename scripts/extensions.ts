export interface Extension {
  example: string
  /** Of the parts of the name, split at '/'. */
  parts: number
  file: (parts: string[]) => string
  next: (parts: string[]) => string[]
}

/** The extension points; each has a template beside and a page in docs/. */
export const extensions = {
  scenario: {
    example: 'batchsender/checkout',
    parts: 2,
    file: ([system, name]) => `scenarios/${system}/${name}.ts`,
    next: ([system, name]) => [`name ${name} in the load of a game day of ${system}`, 'read docs/adding-a-scenario.md'],
  },
  fault: {
    example: 'slowDisk',
    parts: 1,
    file: ([name]) => `chaos/faults/${name}.ts`,
    next: ([name]) => [`add ${name}Kind to the registry in chaos/faults/index.ts`, 'read docs/adding-a-fault.md'],
  },
  gameday: {
    example: 'batchsender/black-friday',
    parts: 2,
    file: ([system, name]) => `gamedays/${system}/${name}.ts`,
    next: (parts) => ['name its load and its faults', `holdfast plan ${parts.join('/')}`, 'read docs/game-days.md'],
  },
  system: {
    example: 'shop',
    parts: 1,
    file: ([name]) => `systems/${name}/index.ts`,
    next: ([name]) => ['add it to systems/index.ts', `write slos/${name}.yaml`, 'read docs/adding-a-system.md'],
  },
} as const satisfies Record<string, Extension>

export type ExtensionKind = keyof typeof extensions
