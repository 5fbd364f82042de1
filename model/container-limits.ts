/** Memory that a container of the system may use: of this, and not of the machine's, a fault takes its share. */
export const containerMemoryBytes = 1024 ** 3

/** What a fault must leave it. */
export const leastMemoryBytes = 64 * 1024 ** 2
