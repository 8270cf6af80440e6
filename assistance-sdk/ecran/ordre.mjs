/**
 * Les plus nombreux de ces rangs qui soient déjà dans l’ordre : ceux qu’on ne déplace pas.
 * @param {number[]} rangs tous différents
 * @returns {Set<number>} leurs places dans la liste
 */
export function dejaRanges(rangs) {
  const fins = [];
  const avant = new Array(rangs.length);
  rangs.forEach((rang, place) => {
    let bas = 0;
    let haut = fins.length;
    while (bas < haut) {
      const milieu = (bas + haut) >> 1;
      if (rangs[fins[milieu]] < rang) bas = milieu + 1;
      else haut = milieu;
    }
    avant[place] = bas > 0 ? fins[bas - 1] : -1;
    fins[bas] = place;
  });
  const gardes = new Set();
  for (let place = fins.at(-1) ?? -1; place >= 0; place = avant[place]) gardes.add(place);
  return gardes;
}
