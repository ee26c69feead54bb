/**
 * Columns of Azure's cost exports by what they mean. Their names differ by agreement (Enterprise, Customer Agreement,
 * pay-as-you-go), by the portal's language and by age. Source: Microsoft.CostManagement exports, "Cost and usage details
 * file schema"; header sets that OpenCost keeps.
 */

/** Where a value comes from: the first of these columns that holds one. Names without case, blanks and underscores. */
const candidates = {
  cost: ['costinbillingcurrency', 'cost', 'pretaxcost', 'kosteninabrechnungswährung', 'kosten'],
  listCost: ['paygcostinbillingcurrency'],
  currency: ['billingcurrencycode', 'billingcurrency', 'currency', 'abrechnungswährung', 'währung'],
  day: ['date', 'usagedatetime', 'usagedate', 'datum'],
  period: ['billingperiodstartdate', 'billingperiodstart'],
  account: ['billingaccountid', 'enrollmentnumber'],
  subscription: ['subscriptionid', 'subscriptionguid'],
  region: ['resourcelocation', 'location', 'resourcelocationnormalized'],
  family: ['servicefamily'],
  service: ['metercategory', 'servicename', 'consumedservice'],
  meter: ['meterid'],
  chargeType: ['chargetype'],
  pricingModel: ['pricingmodel'],
  commitment: ['benefitid', 'reservationid'],
  quantity: ['quantity', 'usagequantity', 'consumedquantity'],
  unit: ['unitofmeasure'],
  resource: ['resourceid', 'instanceid', 'instancename'],
  invoice: ['invoiceid'],
  tags: ['tags'],
} as const;

export type ExportField = keyof typeof candidates;

/** The columns (`c0`, `c1`, …) of a field, in order of preference. */
export type ExportColumns = Readonly<Record<ExportField, readonly number[]>>;

/** The name as Azure's own English has it, for messages. */
export const exportNames: Readonly<Partial<Record<ExportField, string>>> = {
  cost: 'CostInBillingCurrency',
  day: 'Date',
};

/** A translated name has the English one in brackets: `Ressourcengruppe (ResourceGroup)`. */
const plain = (name: string) =>
  (/\(([A-Za-z]+)\)\s*$/.exec(name)?.[1] ?? name).replace(/[\s_\uFEFF]/g, '').toLowerCase();

export function exportColumns(names: readonly string[]): ExportColumns {
  const at = new Map<string, number>();
  for (const [index, name] of names.entries()) if (!at.has(plain(name))) at.set(plain(name), index);
  return Object.fromEntries(
    Object.entries(candidates).map(([field, known]) => [
      field,
      known.flatMap(name => {
        const index = at.get(name);
        return index === undefined ? [] : [index];
      }),
    ]),
  ) as unknown as ExportColumns;
}
