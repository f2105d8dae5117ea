"use strict";

// Takes the access token from any response that has one (`POST /token/`, a refresh, a login in one
// or two steps) and authorizes all later requests of this page with it.
const authorize = (response) => {
  const body = response.obj;
  const access = body?.access ?? body?.data?.access;
  if (response.ok && typeof access === "string") {
    window.ui.preauthorizeApiKey("bearer", access);
    const note = document.getElementById("signed-in");
    note.textContent = "Logged in: requests from this page use your access token, valid for 10 minutes.";
    note.hidden = false;
  }
  return response;
};

window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    displayOperationId: true,
    displayRequestDuration: true,
    docExpansion: "none",
    filter: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    responseInterceptor: authorize,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
});
