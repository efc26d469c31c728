/**
 * A number from 0 to below `below` that depends on nothing but the label: the seed's dice. The same
 * label always falls the same way, whatever else is added to the seed. (FNV-1a, then Murmur3's finish.)
 */
export function draw(label: string, below: number): number {
  let hash = 0x811c9dc5
  for (let place = 0; place < label.length; place += 1)
    hash = Math.imul(hash ^ label.charCodeAt(place), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % below
}
