export const page = () => '<link rel="stylesheet" href="/style.css"><h1>Hello</h1>\n'
