import assert from "node:assert/strict";
import test from "node:test";

import { code, pasDe } from "./totp.mjs";

test("les codes sont ceux de la RFC 6238, annexe B", () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  const attendus = { 59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130" };
  for (const [secondes, attendu] of Object.entries(attendus)) {
    assert.equal(code(secret, pasDe(Number(secondes) * 1000)), attendu);
  }
});
