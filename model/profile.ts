/** Sizes of a scenario. In a file without imports, since scenarios are compiled without Node's types. */
export const profileNames = ['smoke', 'short', 'full'] as const
export type ProfileName = (typeof profileNames)[number]
