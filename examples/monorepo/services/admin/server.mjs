// Another service of the repository. The image of web knows nothing of it.
console.log('admin')
