export const title = (name) => `This is ${name}`
