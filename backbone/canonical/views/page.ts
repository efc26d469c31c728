/** One page of a list: its size, and the position after which it begins. */
export type PageQuery = { readonly limit: number; readonly after: string | undefined }

/** Items of a page and the position of the next one, null at the end. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next: string | null }
