// The rows of the entity set Members, where fe-mockserver-core looks for them.
'use strict';

const { people } = require('../people');
const { record } = require('../odata_record');

module.exports = { getInitialDataSet: () => people.map((one) => ({ ...record(one), Remarks: 'never to be asked for' })) };
