// Takes the place of modules that are loaded in the bundle and never used.
module.exports = {}
