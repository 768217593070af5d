import * as z from "zod";
import { handleSchema } from "../../base/codec.ts";
import { rulingSchema } from "../../claim/ruling.ts";
import { committedClaimSchema } from "../committed.ts";
import { exampleClaim, exampleRuling } from "../example.ts";
import { json } from "../media-type.ts";
import { route } from "../route.ts";

const claimParams = z.strictObject({ id: handleSchema });

/** What an insurer's people and systems do. */
export const insurerRoutes = {
  decideClaim: route({
    method: "POST",
    path: "/claims/{id}/decisions",
    summary: "Records a person's ruling on a referred claim",
    audience: "insurer",
    scopes: ["countersign/claims:adjudicate"],
    roles: ["adjuster"],
    precondition: true,
    params: claimParams,
    body: rulingSchema,
    replies: {
      201: {
        contentType: json,
        schema: committedClaimSchema,
        description: "The decision's record and its openings",
      },
    },
    example: { path: `/claims/${exampleClaim}/decisions`, body: exampleRuling },
  }),
} as const;
